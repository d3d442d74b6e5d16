# What others may read: the free days as data, and the page for the city's site.
embed-title-issuance = マイナンバーカードの受《う》け取《と》り：あいている日《ひ》
embed-title-renewal = 電子《でんし》証明書《しょうめいしょ》を新《あたら》しくする：あいている日《ひ》
embed-none = 今《いま》、予約《よやく》できる日《ひ》はありません。だれかがやめると、あくことがあります。
embed-until = { $day }まで予約《よやく》できます。あいている日《ひ》を、早《はや》い順《じゅん》に出《だ》しています。
embed-as-of = { $time }の時《とき》のものです
embed-book = 予約《よやく》の画面《がめん》をひらく
open-title = あいている日《ひ》のデータを使《つか》う人《ひと》へ
open-lead = あいている日《ひ》を、データ（JSON）と、ほかのページに出《だ》せる形《かたち》で見《み》せています。だれが予約《よやく》したかは入《はい》っていません。
open-data = データ（JSON）
open-issuance = カードを受《う》け取《と》る
open-renewal = 電子《でんし》証明書《しょうめいしょ》を新《あたら》しくする
open-document = データの説明《せつめい》（OpenAPI 3.1）
open-fresh = データは1秒《びょう》ごとに新《あたら》しくなります。何回《なんかい》も読《よ》むときは、5秒《びょう》より長《なが》く間《あいだ》をあけてください。
open-embed = ほかのページに出《だ》す
open-embed-about = 市《し》がみとめたサイトのページに、次《つぎ》のように書《か》くと、あいている日《ひ》が出《で》ます。
open-counters = 予約《よやく》ができる窓口《まどぐち》の一覧《いちらん》（手続《てつづ》きと場所《ばしょ》ごと）
embed-call = 電話《でんわ》で予約《よやく》してください：{ $telephone }
