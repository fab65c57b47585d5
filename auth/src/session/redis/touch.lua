local id, idle = unpack(ARGV)
local expires = redis.call('HGET', session_key(id), 'expires')
if expires then
  redis.call('HSET', session_key(id), 'idle', idle)
  note_end(id, idle, expires)
end
