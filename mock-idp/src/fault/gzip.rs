//! Compressed bodies, and those that unpack to far more than they weigh
//! ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)).

use flate2::{Compress, Compression, Crc, FlushCompress};

/// How much white space one compressed block stands for, in bytes.
const BLOCK: usize = 1 << 20;
/// Deflate, no flags, no time, best compression, any system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
/// An empty last block.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// The body in gzip; white space behind it makes it unpack to so many bytes, a thousandth of which
/// it weighs. The white space is one block over and over, so making it takes no time.
pub(super) fn gzip(body: &[u8], bytes: u64) -> Vec<u8> {
    let missing = bytes.saturating_sub(body.len() as u64);
    let block_bytes = BLOCK as u64;
    let (blocks, rest) = (missing / block_bytes, missing % block_bytes);
    let rest = vec![b' '; usize::try_from(rest).unwrap_or_default()];
    let block = vec![b' '; BLOCK];

    let mut checksum = crc(&[body, rest.as_slice()].concat());
    let block_checksum = crc(&block);
    let mut packed = HEADER.to_vec();
    packed.extend(deflated(body));
    packed.extend(deflated(&rest));
    let block = deflated(&block);
    for _ in 0..blocks {
        packed.extend(&block);
        checksum.combine(&block_checksum);
    }
    packed.extend(LAST_BLOCK);
    packed.extend(checksum.sum().to_le_bytes());
    packed.extend(checksum.amount().to_le_bytes());
    packed
}

fn crc(bytes: &[u8]) -> Crc {
    let mut checksum = Crc::new();
    checksum.update(bytes);
    checksum
}

/// Blocks that refer to nothing before them, and end at a whole byte.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 64);
    // Without memory or stream there is nothing that could fail.
    let _ = Compress::new(Compression::best(), false).compress_vec(
        bytes,
        &mut packed,
        FlushCompress::Sync,
    );
    packed
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn it_unpacks_to_the_body_and_white_space() {
        let check = |bytes: u64, expected: usize| {
            let packed = gzip(b"{}", bytes);
            let mut text = String::new();
            let read = flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text);
            assert_eq!(read.unwrap(), expected);
            assert_eq!(text.trim_end(), "{}");
            packed.len()
        };
        check(0, 2);
        check(1000, 1000);
        let bomb = check(10 << 20, 10 << 20);
        assert!(bomb < 20_000, "{bomb} bytes");
    }
}
