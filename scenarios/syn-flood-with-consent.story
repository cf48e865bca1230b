# The customer consents by a one-time link, operations signs, and the block ends when consent is withdrawn.
# 契約者が一度限りのリンクで同意し、運用担当が署名する。同意が撤回されると遮断は解除される。
at      2026-05-01T09:00Z
begin
load    40%
attack  tcp-syn at line-7
expect  answer case 1 block NO ア
answer  case 1 request-genuine yes by tanaka
answer  case 1 requester-is-receiver yes by tanaka
expect  refused link case 1 line-7 by sato for 60m because role
expect  refused link case 1 line-9 by tanaka for 60m because not about line
link    case 1 line-7 by tanaka for 60m
link    1 says yes
expect  refused link 1 says no because used
expect  answer case 1 block ASK ア
expect  case 1 asks operations
sign    case 1 by sato
expect  answer case 1 block OK-CONSENT ア
expect  rule dst 203.0.113.130/32
expect  no duty case 1 tell-line
expect  quiet for 5m
withdraw consent 1 by tanaka
expect  case 1 withdrawn the line withdrew its consent
expect  no rule
expect  answer case 1 block NO ア
expect  case 1 refused
