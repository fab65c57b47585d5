local state, browser, expires, sealed, per_browser, total, now, ttl = unpack(ARGV)
sweep_pending(now)
local own = ns .. ':browser:' .. browser
local excess = redis.call('ZCARD', own) - (tonumber(per_browser) - 1)
if excess > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', own, 0, excess - 1)) do forget_pending(oldest) end
end
if redis.call('ZCARD', ns .. ':pending') >= tonumber(total) then return 0 end
redis.call('HSET', pending_key(state), 'browser', browser, 'expires', expires, 'sealed', sealed)
redis.call('EXPIRE', pending_key(state), ttl)
redis.call('ZADD', ns .. ':pending', expires, state)
redis.call('ZADD', own, redis.call('INCR', ns .. ':arrivals'), state)
redis.call('EXPIRE', own, ttl)
return 1
