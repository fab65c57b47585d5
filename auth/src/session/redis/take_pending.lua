local state, browser = unpack(ARGV)
local found = redis.call('HMGET', pending_key(state), 'browser', 'expires', 'sealed')
if found[1] ~= browser then return nil end
forget_pending(state)
return { tonumber(found[2]), found[3] }
