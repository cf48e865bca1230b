# The customer consents for four minutes where a block lasts ten: the plan ends with the consent.
# 遮断は十分間のところ契約者の同意は四分間。計画は同意とともに終わる。
at      2026-05-01T09:00Z
begin
load    40%
attack  tcp-syn at line-7
answer  case 1 request-genuine yes by tanaka
answer  case 1 requester-is-receiver yes by tanaka
expect  refused consent case 1 line-7 by tanaka for 10s because minute
consent case 1 line-7 by tanaka for 4m
expect  answer case 1 block ASK ア
sign    case 1 by sato
expect  case 1 mitigated
after   3m
expect  case 1 mitigated
after   1m
expect  case 1 withdrawn its end has come
expect  no rule
expect  answer case 1 block NO ア
