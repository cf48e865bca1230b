# Operations closes a case by hand because what goes on is no attack: the detector learns anew and opens no other.
# 運用担当が攻撃ではないとして事案を終える。検知は平常を学び直し、別の事案を開かない。
at      2026-05-01T09:00Z
begin
load    40%
attack  udp at line-9
expect  answer case 1 block NO ア
expect  refused close case 1 by kimura because role
close   case 1 by sato
expect  case 1 closed
after   5m
expect  cases 1
expect  quiet for 5m
attack  udp at line-9
expect  cases 2
