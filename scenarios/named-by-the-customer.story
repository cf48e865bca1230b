# The customer names what is to be stopped: what is usual does not matter, but request, consent and signature do.
# 契約者が止めるべき通信を指定する。平常との比較は要らないが、申告の確認と同意と署名は要る。
at      2026-05-01T09:00Z
begin
load    40%
open    case line-7 udp from port 53 by sato
expect  answer case 1 block NO イ
answer  case 1 request-genuine yes by tanaka
answer  case 1 requester-is-receiver yes by tanaka
consent case 1 line-7 by tanaka for 60m
expect  answer case 1 block ASK イ
expect  case 1 asks operations
expect  refused sign case 1 by sato because another person
sign    case 1 by suzuki
expect  answer case 1 block OK-CONSENT イ
expect  rule dst 203.0.113.130/32
answer  case 1 requester-is-receiver no by tanaka
expect  case 1 withdrawn established that this is not so
expect  no rule
answer  case 1 requester-is-receiver yes by tanaka
expect  case 1 mitigated
withdraw consent 1 by tanaka
expect  case 1 withdrawn the line withdrew its consent
expect  answer case 1 block NO イ
expect  no rule
