# A whole pool is bombed and the link may fill: the range must be weighed before anything is blocked.
# アドレスプール全体への攻撃で回線逼迫のおそれ。必要最小限の範囲かどうかの検討が先に要る。
at      2026-05-01T09:00Z
begin
load    80%
attack  udp at pool-1
expect  answer case 1 block ASK エ(b)
expect  case 1 asks operations
sign    case 1 by sato
expect  answer case 1 block ASK エ(b)
expect  no rule
answer  case 1 range-necessary no by suzuki
expect  case 1 refused
answer  case 1 range-necessary yes by suzuki
expect  answer case 1 block OK-BIZ エ(b)
expect  rule dst 203.0.113.0/25
expect  duty case 1 tell-line
calm    pool-1
expect  case 1 withdrawn
expect  no rule
