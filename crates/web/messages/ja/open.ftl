# What others may read: the free days as data, and the page for the city's site.
embed-title-issuance = マイナンバーカード受け取り予約の空き状況
embed-title-renewal = 電子証明書の更新予約の空き状況
embed-none = ただいま、予約できる日はありません。取消があると空きが出ることがあります。
embed-until = 予約できるのは{ $day }までです。空きのある日を、近いものから表示しています。
embed-as-of = { $time }現在
embed-book = 予約の画面を開く
open-title = 予約の空き状況を使う方へ
open-lead = 予約の空き状況を、データ（JSON）と、ほかのページに表示できる形で公開しています。一人ひとりの予約の情報は含みません。
open-data = データ（JSON）
open-issuance = カードの受け取り
open-renewal = 電子証明書の更新
open-document = データの説明（OpenAPI 3.1）
open-fresh = データは1秒ごとに新しくなります。くり返し読み込むときは、5秒以上の間をあけてください。
open-embed = ほかのページに表示する
open-embed-about = 市が認めたサイトのページに、次のように書くと、空きのある日が表示されます。
open-counters = 予約を受け付けている窓口の一覧（手続きと場所ごと）
embed-call = 予約はお電話で受け付けています：{ $telephone }
