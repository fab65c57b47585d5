local index = ns .. ':' .. ARGV[1]
local rows = {}
for _, id in ipairs(redis.call('SMEMBERS', index)) do
  local row = redis.call('HMGET', session_key(id), 'version', 'idle', 'body')
  if row[1] then
    table.insert(rows, { id, tonumber(row[1]), tonumber(row[2]), row[3] })
  else
    redis.call('SREM', index, id)
  end
end
return rows
