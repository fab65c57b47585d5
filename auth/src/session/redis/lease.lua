local id, now, until_ = unpack(ARGV)
local leased = redis.call('HGET', session_key(id), 'leased')
if not leased or tonumber(leased) > tonumber(now) then return 0 end
redis.call('HSET', session_key(id), 'leased', until_)
return 1
