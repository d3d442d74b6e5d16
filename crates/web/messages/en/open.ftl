# What others may read: the free days as data, and the page for the city's site.
embed-title-issuance = Free days for collecting a My Number Card
embed-title-renewal = Free days for renewing certificates
embed-none = No day can be booked at the moment. Places may become free when others cancel.
embed-until = Booking is open until { $day }. The next days with free places are shown.
embed-as-of = As of { $time }
embed-book = Open the booking pages
open-title = Using the free days
open-lead = The free days are published as data (JSON) and as a page that can be shown within another page. They say nothing about anybody’s booking.
open-data = Data (JSON)
open-issuance = Collecting a card
open-renewal = Renewing certificates
open-document = Description of the data (OpenAPI 3.1)
open-fresh = The data is renewed every second. Please wait at least 5 seconds before you read it again.
open-embed = Showing it within another page
open-embed-about = On the sites that the city has named, this shows the free days:
open-counters = Counters that take bookings (each service at each site)
embed-call = Please book by telephone: { $telephone }
