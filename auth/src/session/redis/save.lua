local id, version, idle, expires, body, subject, sid, ttl = unpack(ARGV)
local stored = redis.call('HMGET', session_key(id), 'version', 'idle')
if stored[1] ~= version then return 0 end
idle = math.max(tonumber(idle), tonumber(stored[2]))
forget(id)
keep(id, tonumber(version) + 1, idle, expires, body, subject, sid, ttl)
return 1
