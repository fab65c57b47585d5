local index, now, until_, ttl = unpack(ARGV)
local noted = redis.call('GET', ns .. ':' .. index)
if noted and tonumber(noted) > tonumber(now) then return 0 end
redis.call('SET', ns .. ':' .. index, until_, 'EX', ttl)
return 1
