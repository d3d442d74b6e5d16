# やさしい日本語: short sentences, plain words, the reading of each kanji in 《》. Words that stand on the city's papers
# are kept, because people look for them there, and are explained.
language-name = やさしい日本語
date-full = { $year }年《ねん》{ $month }月《がつ》{ $day }日《にち》（{ $weekday }）
date-month-day = { $month }月《がつ》{ $day }日《にち》（{ $weekday }）
date-short = { $month }月《がつ》{ $day }日《にち》（{ $weekday-short }）
date-month = { $year }年《ねん》{ $month }月《がつ》
date-time = { $hour }:{ $minute }
month-january = 1月《がつ》
month-february = 2月《がつ》
month-march = 3月《がつ》
month-april = 4月《がつ》
month-may = 5月《がつ》
month-june = 6月《がつ》
month-july = 7月《がつ》
month-august = 8月《がつ》
month-september = 9月《がつ》
month-october = 10月《がつ》
month-november = 11月《がつ》
month-december = 12月《がつ》
