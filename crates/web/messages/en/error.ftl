# What is wrong with a field, and pages that stand in for others.
summary-title = There is a problem
error-individual-number = Do not enter your My Number (12-digit Individual Number). What you entered has been deleted.
error-number-empty = Enter the number.
error-number-not-digits = Use digits only. Hyphens and spaces are allowed.
error-number-length = The number has 14 digits. You entered { $count ->
    [one] 1 digit.
   *[other] { $count } digits.
}
error-number-other-kind-reservation = This is a booking number. Use it on the page “See, change or cancel a booking”.
error-number-other-kind-key = This is a booking key. Enter the booking number that was shown when you finished booking.
error-key-unknown = This booking key cannot be used. Check the number on your guide letter again. If you received a newer letter, enter the number from that one.
error-reservation-unknown = No booking was found for this number. Check the number again.
incident = If you contact us, please tell us this number:
fault-not-found-title = Page not found
fault-not-found-next = The address is wrong or the page no longer exists. Please start from the first page.
fault-forbidden-title = This action is not allowed
fault-forbidden-next = Actions sent from another site are not accepted. Please start again from the first page.
fault-conflict-title = The booking has changed
fault-conflict-next = The booking changed while you were using this page. Please check your booking from the first page.
fault-too-many-title = Please wait before you try again
fault-too-many-next = The number was wrong several times in a row, so entry is paused. Please try again in about 30 minutes. If it is urgent, please call us.
wait-title = Please wait for your turn
wait-lead = Many people are using this site. You keep your turn while you wait. Please leave this page open.
wait-ahead = Before you
wait-ahead-people = { $count ->
    [0] Nobody. You are next
    [one] 1 person
   *[other] { $count } people
}
wait-time = Waiting time
wait-time-minutes = { $minutes ->
    [one] About 1 minute
   *[other] About { $minutes } minutes
}
wait-again = This page renews itself every { $seconds } seconds. When it is your turn, you go on to the page where you choose a day.
wait-now = Check now
fault-full-title = The service is busy
fault-full-next = Many people are using this site. Nothing has changed in your booking. Please try again in about one minute.
fault-bad-request-title = We could not read what was sent
fault-bad-request-next = Please start again from the first page.
fault-individual-number-title = Do not enter your My Number
fault-individual-number-next = What you sent seems to contain a My Number (12-digit Individual Number). It was not saved and has been deleted. To book, use the 14-digit booking key printed on your guide letter.
fault-visit-ended-title = Your session has ended
fault-visit-ended-next = For your safety a session ends after 30 minutes. A time that was being held for you has been released. Finished bookings are not affected. Please start again from the first page.
fault-internal-title = Something went wrong
fault-internal-next = We are sorry. Please try again in a little while. If it happens again, please call us.
error-who = Choose who comes to the counter.
error-family-full = Up to 4 people can be booked together.
wait-second = Without JavaScript the wait can be longer. If it is urgent, please call us.
