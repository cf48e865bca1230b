# The line is to be told within a day of the first block, however often the block is renewed; then the case closes.
# 契約者には最初の遮断から一日以内に知らせる。更新を重ねても期限は延びない。知らせると事案は終わる。
at      2026-05-01T09:00Z
begin
load    96%
attack  udp-amplifier at line-9
expect  refused told case 1 by tanaka because no duty
sign    case 1 by sato
expect  duty case 1 tell-line
after   the end the operator set
sign    case 1 by sato
calm    line-9
expect  no rule
after   3d
expect  duty case 1 tell-line
expect  case 1 waiting
expect  refused close case 1 by sato because owed
expect  refused told case 1 by kimura because role
told    case 1 by tanaka
expect  no duty case 1 tell-line
expect  case 1 closed
expect  refused sign case 1 by sato because closed
expect  ledger told exactly 1
