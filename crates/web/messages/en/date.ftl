# How days and times are written. Each form may use any of: $era-year, $year, $month, $month-name, $day, $weekday,
# $weekday-short, $hour, $minute (two digits).
language-name = English
date-full = { $weekday }, { $day } { $month-name } { $year }
date-month-day = { $weekday }, { $day } { $month-name }
date-short = { $day } { $month-name }
date-month = { $month-name } { $year }
date-time = { $hour }:{ $minute }
month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December
