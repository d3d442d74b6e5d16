# A wish for an earlier day.
wish-title = Waiting for an earlier day
wish-ask = If you would like to come earlier, you can wait for a place to become free. Your present booking stays as it is.
wish-waits = You are waiting for a place on an earlier day:
wish-see = See or change what you asked for
wish-lead = You keep your present booking and wait for a place on an earlier day. When a place becomes free, for example because somebody cancels, we keep it for you and offer it to you.
wish-order = Those who asked first are offered a place first.
wish-kept = { $days ->
    [one] We keep the place until the end of the next working day,
   *[other] We keep the place until the end of the { $days }th working day after the offer,
} or until online booking for that day ends, if that is sooner. If you do not answer or decline, it goes to the next person, and we will not offer you that day again.
wish-free = Taking a place that we offer does not count as one of your changes.
wish-by-mail = We will send you an e-mail when there is a place.
wish-by-number = We will show it on the page of your booking when there is a place. Please open it with your booking number from time to time.
wish-now-title = What you asked for
wish-days = Days
wish-weekdays = Days of the week
wish-times = Time of day
wish-range = { $from } to { $until }
wish-every-day = Any day of the week
wish-any-time = Any time
wish-morning = Morning (before noon)
wish-afternoon = Afternoon (from noon)
wish-ahead = { $count ->
    [0] Nobody asked before you at the same counter.
    [one] One person asked before you at the same counter.
   *[other] { $count } people asked before you at the same counter.
}
wish-withdraw = Stop waiting
wish-change = Change what you asked for
wish-change-lead = If you change it, your place in the order is counted from then.
wish-from = From
wish-until = Until
wish-leave = Wait for an earlier day
wish-now-free-title = Days that are free now
wish-now-free = You can choose a day that is free now without waiting.
offer-title-wish = There is a place on an earlier day
banner-wish-left = We have noted what you asked for. Your present booking stays as it is. When there is a place, we will show it on this page, and send you an e-mail if you have confirmed an address.
banner-wish-withdrawn = You are no longer waiting for an earlier day. Your present booking stays as it is.
banner-declined-wish = You have declined the offer. Your present booking stays as it is. You are still waiting for other days.
error-wish-day = Please choose a day.
error-wish-order = Please choose the same day as in “From”, or a later one.
error-wish-weekday = Please choose at least one day of the week.
error-wish-times = Please choose a time of day.
error-wish-none = The counter is not open on these days of the week within these days. Please change the days or the days of the week.
