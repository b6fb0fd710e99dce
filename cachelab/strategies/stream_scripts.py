"""
The steps of a `StreamLog` that must happen whole or not at all, in the server's language, Lua.

A server runs a script as one command: nobody sees it half done, and it costs one round trip. Keys
are the stream, the hash of each key's newest place, and where needed a third.
"""

APPEND = """
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return nil end
local place = redis.call('XADD', KEYS[1], '*', 'key', ARGV[2], 'row', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[2], place)
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[5])
return place
"""
"""Unless the log is full: add the write, note its place, and put the copy into the cache."""

NEWEST = """
local place = redis.call('HGET', KEYS[2], ARGV[1])
if not place then return nil end
local found = redis.call('XRANGE', KEYS[1], place, place)
if #found == 0 then return nil end
return {place, found[1][2][4]}
"""
"""The place and the row of the newest write of a key."""

DONE = """
for i = 2, #ARGV, 2 do
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[i])
  redis.call('XDEL', KEYS[1], ARGV[i])
  if redis.call('HGET', KEYS[2], ARGV[i + 1]) == ARGV[i] then
    redis.call('HDEL', KEYS[2], ARGV[i + 1])
  end
end
"""
"""Remove writes, and the note of the newest place where one of them was it."""

BURY = """
local found = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])
if #found > 0 then
  redis.call('XADD', KEYS[3], '*', 'key', ARGV[3], 'place', ARGV[2],
             'row', found[1][2][4], 'reason', ARGV[4])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
if redis.call('HGET', KEYS[2], ARGV[3]) == ARGV[2] then
  redis.call('HDEL', KEYS[2], ARGV[3])
end
"""
"""Move one write to the dead letters."""

LEAVE = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
end
"""
"""Take a worker off the group's list. With writes in hand it stays, or they would be lost."""

ALL = (APPEND, NEWEST, DONE, BURY, LEAVE)
