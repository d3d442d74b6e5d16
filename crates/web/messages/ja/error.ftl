# What is wrong with a field, and pages that stand in for others.
summary-title = 入力内容に誤りがあります
error-individual-number = マイナンバー（個人番号12けた）は入力しないでください。入力された内容は消去しました。
error-number-empty = 番号を入力してください。
error-number-not-digits = 数字だけで入力してください。ハイフン（-）や空白は入っていてもかまいません。
error-number-length = 番号は14けたです。入力された数字は{ $count }けたでした。
error-number-other-kind-reservation = これは予約番号です。「予約の確認・変更・取り消し」のページで入力してください。
error-number-other-kind-key = これは予約キーです。予約が終わったときに表示された「予約番号」を入力してください。
error-key-unknown = この予約キーでは予約できません。「交付のご案内」の番号をもう一度確かめてください。新しい案内が届いている場合は、新しいほうの番号を入力してください。
error-reservation-unknown = この予約番号の予約が見つかりません。番号をもう一度確かめてください。
incident = お問い合わせの際は、この番号をお知らせください：
fault-not-found-title = ページが見つかりません
fault-not-found-next = アドレスが間違っているか、ページがなくなっています。最初のページからお進みください。
fault-forbidden-title = この操作はできません
fault-forbidden-next = 別のサイトから送られた操作は受け付けていません。最初のページからやり直してください。
fault-conflict-title = 予約の内容が変わっていました
fault-conflict-next = 操作の間に、予約の内容が変わりました。最初のページから、予約を確かめてください。
fault-too-many-title = しばらく入力できません
fault-too-many-next = 番号の入力が続けて正しくなかったため、入力を止めています。30分ほど待ってから、もう一度お試しください。お急ぎの場合はお電話ください。
wait-title = 順番にご案内しています
wait-lead = アクセスが集中しています。順番はそのままお待ちいただけます。この画面を閉じないでください。
wait-ahead = あなたの前
wait-ahead-people = { $count ->
    [0] いません。次にご案内します
   *[other] { $count }人
}
wait-time = 待ち時間の目安
wait-time-minutes = 約{ $minutes }分
wait-again = この画面は{ $seconds }秒ごとに新しくなり、順番が来ると、日にちを選ぶ画面に進みます。
wait-now = いま確かめる
fault-full-title = ただいま混み合っています
fault-full-next = アクセスが集中しています。予約は変わっていません。1分ほど待ってから、もう一度お試しください。
fault-bad-request-title = 送られた内容を読み取れませんでした
fault-bad-request-next = 最初のページからやり直してください。
fault-individual-number-title = マイナンバーは入力しないでください
fault-individual-number-next = 送られた内容に、マイナンバー（個人番号12けた）と思われる番号が含まれていました。内容は保存せずに消去しました。この予約に使うのは、「交付のご案内」に印刷された14けたの予約キーです。
fault-visit-ended-title = 手続きの時間が終わりました
fault-visit-ended-next = 安全のため、30分で手続きを終えます。途中でお取りした時間は取り消されました。終わっている予約は変わりません。最初のページからやり直してください。
fault-internal-title = システムに問題が起きました
fault-internal-next = 申し訳ありません。しばらくしてから、もう一度お試しください。続くときはお電話ください。
error-who = 窓口に来る方を選んでください。
error-family-full = 一緒に予約できるのは4人までです。
wait-second = JavaScriptが使えないブラウザでは、待ち時間が長くなることがあります。お急ぎのときはお電話ください。
