# The review day of the standing measures passes: nothing is decoded any more until both have signed again.
# 常時の措置の見直し日が過ぎると、双方が改めて署名するまで、何も読み取らない。
at      2026-05-01T09:00Z
begin
expect  something decoded
after   364d
expect  something decoded
after   the review day
expect  nothing decoded
attack  udp-amplifier at line-9
expect  no case
expect  quiet for 1h
sign    measure ス by yamada
expect  nothing decoded
sign    measure ス by sato
fact    own-business yes by sato
expect  something decoded
expect  cases 1
