# How days and times are written. Each form may use any of: $era-year, $year, $month, $month-name, $day, $weekday,
# $weekday-short, $hour, $minute (two digits).
language-name = 日本語
date-full = { $era-year }{ $month }月{ $day }日({ $weekday-short })
date-month-day = { $month }月{ $day }日({ $weekday-short })
date-short = { $month }月{ $day }日({ $weekday-short })
date-month = { $year }年{ $month }月
date-time = { $hour }時{ $minute }分
month-january = 1月
month-february = 2月
month-march = 3月
month-april = 4月
month-may = 5月
month-june = 6月
month-july = 7月
month-august = 8月
month-september = 9月
month-october = 10月
month-november = 11月
month-december = 12月
