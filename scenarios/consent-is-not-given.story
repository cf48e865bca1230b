# The customer says no, or lets the link end unused; neither is a consent, and another link may be sent.
# 契約者が同意しない場合も、リンクの期限が過ぎた場合も、同意ではない。改めてリンクを送ることはできる。
at      2026-05-01T09:00Z
begin
load    40%
attack  tcp-syn at line-7
answer  case 1 request-genuine yes by tanaka
answer  case 1 requester-is-receiver yes by tanaka
link    case 1 line-7 by tanaka for 60m
link    1 says no
expect  answer case 1 block NO ア
link    case 1 line-7 by tanaka for 20m
after   20m
expect  refused link 2 says yes because ended
expect  refused link 3 says yes because no such link
expect  answer case 1 block NO ア
expect  case 1 refused
expect  ledger declined exactly 1
expect  ledger consented exactly 0
expect  no rule
