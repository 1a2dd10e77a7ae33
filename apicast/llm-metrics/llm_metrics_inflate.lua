--- Reads gzip as it goes by, with the zlib that nginx is linked with.
--
-- A server may compress a reply that nobody asked it to. The client gets it as it is; this looks into it.

local error = error
local ipairs = ipairs
local pcall = pcall

local OUTPUT = 16 * 1024
local MOST = 1024 * 1024 -- bytes that one piece may become; a model's JSON shrinks to a tenth, not to a thousandth
local WINDOW = 15 + 16   -- gzip
local OK, STREAM_END, BUFFER_ERROR = 0, 1, -5

-- Names of its own, for another policy may have declared zlib's in another way.
local DECLARED = [[
typedef struct llm_metrics_z_stream {
  const unsigned char *next_in; unsigned int avail_in; unsigned long total_in;
  unsigned char *next_out; unsigned int avail_out; unsigned long total_out;
  const char *msg; void *state; void *zalloc; void *zfree; void *opaque;
  int data_type; unsigned long adler; unsigned long reserved;
} llm_metrics_z_stream;
const char *llm_metrics_zlib_version(void) __asm__("zlibVersion");
int llm_metrics_inflate_init(llm_metrics_z_stream *, int, const char *, int) __asm__("inflateInit2_");
int llm_metrics_inflate(llm_metrics_z_stream *, int) __asm__("inflate");
int llm_metrics_inflate_end(llm_metrics_z_stream *) __asm__("inflateEnd");
]]

local function library(ffi)
  if not pcall(ffi.typeof, 'llm_metrics_z_stream') then ffi.cdef(DECLARED) end
  for _, open in ipairs({ function() return ffi.C end, function() return ffi.load('libz.so.1') end, function() return ffi.load('z') end }) do
    local found, zlib = pcall(open)
    if found and pcall(function() return zlib.llm_metrics_zlib_version() end) then return zlib end
  end
  error('no zlib')
end

local has_ffi, ffi = pcall(require, 'ffi')
local has_zlib, zlib = pcall(function() return has_ffi and library(ffi) end)
local output = has_zlib and zlib and ffi.new('unsigned char[?]', OUTPUT)

local Inflate = {}
Inflate.__index = Inflate

local _M = {}

--- A reader of one gzip stream, or nil where there is no zlib.
function _M.new()
  if not output then return nil end
  local stream = ffi.new('llm_metrics_z_stream')
  if zlib.llm_metrics_inflate_init(stream, WINDOW, zlib.llm_metrics_zlib_version(), ffi.sizeof(stream)) ~= OK then return nil end
  return setmetatable({ stream = ffi.gc(stream, zlib.llm_metrics_inflate_end), ended = false, failed = false }, Inflate)
end

--- Reads a piece and calls `sink` with what it holds. Sets `failed` if that is no gzip, or too much.
function Inflate:feed(piece, sink)
  if self.ended or self.failed then return end
  local stream, written = self.stream, 0
  stream.next_in, stream.avail_in = ffi.cast('const unsigned char *', piece), #piece
  repeat
    stream.next_out, stream.avail_out = output, OUTPUT
    local result = zlib.llm_metrics_inflate(stream, 0)
    local more = OUTPUT - stream.avail_out
    written = written + more
    if (result ~= OK and result ~= STREAM_END and result ~= BUFFER_ERROR) or written > MOST then
      self.failed = true
      return
    end
    if more > 0 then sink(ffi.string(output, more)) end
    self.ended = result == STREAM_END
  until self.ended or stream.avail_out > 0
  stream.next_in, stream.avail_in = nil, 0
end

return _M
