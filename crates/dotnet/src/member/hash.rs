//! Hashes, keyed hashes, and randomness for keys.

use super::answer::{bytes, int, null};
use super::bytes::read_all;
use super::{Call, Row};
use crate::exception::{Exception, Result};
use hmac::{Hmac, KeyInit, Mac};
use object::Value;
use object::value::{Text, Typed};
use parking_lot::{Mutex, RwLock};
use sha2::Digest;
use std::any::Any;

/// The algorithms, by the last part of their types' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    fn named(name: &str) -> Option<Algorithm> {
        let plain = name.rsplit('.').next().unwrap_or(name).to_ascii_uppercase().replace('-', "");
        let plain = plain.trim_start_matches("HMAC").trim_end_matches("MANAGED");
        Some(match plain.trim_end_matches("CRYPTOSERVICEPROVIDER") {
            "MD5" => Algorithm::Md5,
            "SHA" | "SHA1" => Algorithm::Sha1,
            "SHA256" => Algorithm::Sha256,
            "SHA384" => Algorithm::Sha384,
            "SHA512" => Algorithm::Sha512,
            _ => return None,
        })
    }
    fn type_name(self, keyed: bool) -> String {
        let word = match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
            Algorithm::Sha384 => "SHA384",
            Algorithm::Sha512 => "SHA512",
        };
        format!("System.Security.Cryptography.{}{word}", if keyed { "HMAC" } else { "" })
    }
    fn bits(self) -> i32 {
        match self {
            Algorithm::Md5 => 128,
            Algorithm::Sha1 => 160,
            Algorithm::Sha256 => 256,
            Algorithm::Sha384 => 384,
            Algorithm::Sha512 => 512,
        }
    }
    fn hash(self, data: &[u8]) -> Vec<u8> {
        match self {
            Algorithm::Md5 => md5::Md5::digest(data).to_vec(),
            Algorithm::Sha1 => sha1::Sha1::digest(data).to_vec(),
            Algorithm::Sha256 => sha2::Sha256::digest(data).to_vec(),
            Algorithm::Sha384 => sha2::Sha384::digest(data).to_vec(),
            Algorithm::Sha512 => sha2::Sha512::digest(data).to_vec(),
        }
    }
    fn keyed(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        macro_rules! mac {
            ($hash:ty) => {{
                // A key of any length is taken. [RFC 2104 2]
                let made = <Hmac<$hash> as KeyInit>::new_from_slice(key);
                made.map(|mut mac| {
                    mac.update(data);
                    mac.finalize().into_bytes().to_vec()
                })
                .unwrap_or_default()
            }};
        }
        match self {
            Algorithm::Md5 => mac!(md5::Md5),
            Algorithm::Sha1 => mac!(sha1::Sha1),
            Algorithm::Sha256 => mac!(sha2::Sha256),
            Algorithm::Sha384 => mac!(sha2::Sha384),
            Algorithm::Sha512 => mac!(sha2::Sha512),
        }
    }
}

/// The hash of what `from` gives, read piece by piece; `None`: there is no such algorithm.
pub fn hash_from(algorithm: &str, from: &mut dyn std::io::Read) -> std::io::Result<Option<Vec<u8>>> {
    let Some(algorithm) = Algorithm::named(algorithm) else { return Ok(None) };
    fn run<D: Digest>(from: &mut dyn std::io::Read) -> std::io::Result<Vec<u8>> {
        let (mut hash, mut piece) = (D::new(), vec![0; PIECE_BYTES]);
        loop {
            match from.read(&mut piece)? {
                0 => return Ok(hash.finalize().to_vec()),
                read => hash.update(&piece[..read]),
            }
        }
    }
    let hash = match algorithm {
        Algorithm::Md5 => run::<md5::Md5>(from),
        Algorithm::Sha1 => run::<sha1::Sha1>(from),
        Algorithm::Sha256 => run::<sha2::Sha256>(from),
        Algorithm::Sha384 => run::<sha2::Sha384>(from),
        Algorithm::Sha512 => run::<sha2::Sha512>(from),
    };
    hash.map(Some)
}

/// How much of a file is hashed at a time.
const PIECE_BYTES: usize = 65_536;

/// The hash of a name (`SHA256`, `MD5` …) over bytes; `None`: there is no such algorithm.
pub fn hash_of(algorithm: &str, data: &[u8]) -> Option<Vec<u8>> {
    Algorithm::named(algorithm).map(|algorithm| algorithm.hash(data))
}

/// An instance: the algorithm, the key of a keyed one, and the last hash.
struct Hasher {
    algorithm: Algorithm,
    key: Option<RwLock<Vec<u8>>>,
    last: Mutex<Option<Vec<u8>>>,
}

impl Typed for Hasher {
    fn type_name(&self) -> Text {
        self.algorithm.type_name(self.key.is_some()).into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Hasher {
    fn compute(&self, data: &[u8]) -> Vec<u8> {
        let hash = match &self.key {
            Some(key) => self.algorithm.keyed(&key.read(), data),
            None => self.algorithm.hash(data),
        };
        *self.last.lock() = Some(hash.clone());
        hash
    }
}

fn made(algorithm: Algorithm, key: Option<Vec<u8>>) -> Value {
    Value::typed(Hasher { algorithm, key: key.map(RwLock::new), last: Mutex::default() })
}

fn of_type(call: &Call<'_>) -> Result<Algorithm> {
    let name = call.this_type().name();
    Algorithm::named(&name).ok_or_else(|| {
        let message = "This type is abstract; use one of the algorithms that derive from it.";
        Exception::new("System.NotSupportedException", message)
    })
}

fn create(call: &mut Call<'_>) -> Result<Value> {
    Ok(made(of_type(call)?, None))
}

fn create_named(call: &mut Call<'_>) -> Result<Value> {
    let name = call.text(0);
    let keyed = name.to_ascii_uppercase().contains("HMAC");
    Ok(Algorithm::named(&name).map_or(Value::Null, |found| made(found, keyed.then(|| random(call, 64)))))
}

fn random(call: &Call<'_>, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    call.engine.host().random(&mut bytes);
    bytes
}

fn computed(call: &Call<'_>, data: &[u8]) -> Result<Value> {
    Ok(bytes(call.this_as::<Hasher>()?.compute(data)))
}

fn compute_part(call: &mut Call<'_>) -> Result<Value> {
    let (all, from, count) = (call.bytes(0), call.int(1), call.int(2));
    let range = from.max(0) as usize..(from.max(0) + count.max(0)) as usize;
    let part = all.get(range).filter(|_| from >= 0 && count >= 0);
    computed(call, part.ok_or_else(|| Exception::new("System.ArgumentException", "Value was invalid."))?)
}

const HASH: &[Row] = &[
    ("bool CanReuseTransform", |_| Ok(Value::Bool(true))),
    ("bool CanTransformMultipleBlocks", |_| Ok(Value::Bool(true))),
    ("byte[] Hash", |call| Ok(call.this_as::<Hasher>()?.last.lock().as_ref().map_or(Value::Null, bytes))),
    ("int HashSize", |call| int(call.this_as::<Hasher>()?.algorithm.bits())),
    ("void Clear()", |_| null()),
    ("byte[] ComputeHash(byte[] buffer)", |call| {
        if call.plain(0).is_null() {
            return Err(Exception::argument_null("buffer"));
        }
        let data = call.bytes(0);
        computed(call, &data)
    }),
    ("byte[] ComputeHash(byte[] buffer, int offset, int count)", compute_part),
    ("byte[] ComputeHash(System.IO.Stream inputStream)", |call| {
        let data = read_all(call.plain(0))?;
        computed(call, &data)
    }),
    ("void Dispose()", |_| null()),
    ("void Initialize()", |_| null()),
    ("static System.Security.Cryptography.HashAlgorithm Create()", create),
    ("static System.Security.Cryptography.HashAlgorithm Create(string hashName)", create_named),
    ("static byte[] HashData(byte[] source)", |call| Ok(bytes(of_type(call)?.hash(&call.bytes(0))))),
];

const KEYED: &[Row] = &[
    ("byte[] Key", |call| {
        let hasher = call.this_as::<Hasher>()?;
        Ok(hasher.key.as_ref().map_or(Value::Null, |key| bytes(&*key.read())))
    }),
    ("set byte[] Key", |call| {
        let new = call.bytes(0);
        if let Some(key) = &call.this_as::<Hasher>()?.key {
            *key.write() = new;
        }
        null()
    }),
];

const NEW: &[Row] = &[("static object new()", create)];

const NEW_KEYED: &[Row] = &[
    ("static object new()", |call| {
        let key = random(call, 64);
        Ok(made(of_type(call)?, Some(key)))
    }),
    ("static object new(byte[] key)", |call| Ok(made(of_type(call)?, Some(call.bytes(0))))),
    ("static byte[] HashData(byte[] key, byte[] source)", |call| {
        Ok(bytes(of_type(call)?.keyed(&call.bytes(0), &call.bytes(1))))
    }),
];

/// How many random bytes one call gives at most.
const RANDOM_BYTES_MAX: i64 = 100_000_000;

fn random_bytes(call: &mut Call<'_>) -> Result<Value> {
    let count = call.int(0);
    if !(0..=RANDOM_BYTES_MAX).contains(&count) {
        return Err(Exception::negative("count", count));
    }
    Ok(bytes(random(call, count as usize)))
}

/// Fills an array that is there already.
fn fill(call: &mut Call<'_>) -> Result<Value> {
    let array = super::array::argument(call, 0)?;
    let fresh = random(call, array.len());
    array.write().clone_from_slice(&fresh.into_iter().map(Value::Byte).collect::<Vec<_>>());
    null()
}

/// A number from `least` to below `most`, each as likely as the others.
fn random_int(call: &Call<'_>, least: i64, most: i64) -> Result<Value> {
    if least >= most {
        return Err(Exception::new(
            "System.ArgumentException",
            "Range of random number does not contain at least one possibility.",
        ));
    }
    let width = (most - least) as u64;
    let fair = u64::MAX - u64::MAX % width;
    loop {
        let mut eight = [0; 8];
        call.engine.host().random(&mut eight);
        let number = u64::from_le_bytes(eight);
        if number < fair {
            return Ok(Value::Int32((least + (number % width) as i64) as i32));
        }
    }
}

fn generator(_: &mut Call<'_>) -> Result<Value> {
    Ok(object::Object::named("System.Security.Cryptography.RandomNumberGenerator").into())
}

const RANDOM: &[Row] = &[
    ("void Dispose()", |_| null()),
    ("void GetBytes(byte[] data)", fill),
    ("void GetNonZeroBytes(byte[] data)", |call| {
        let array = super::array::argument(call, 0)?;
        for at in 0..array.len() {
            let Value::Int32(byte) = random_int(call, 1, 256)? else { continue };
            array.write()[at] = Value::Byte(byte as u8);
        }
        null()
    }),
    ("static System.Security.Cryptography.RandomNumberGenerator Create()", generator),
    ("static byte[] GetBytes(int count)", random_bytes),
    ("static void Fill(byte[] data)", fill),
    ("static int GetInt32(int toExclusive)", |call| random_int(call, 0, call.int(0))),
    ("static int GetInt32(int fromInclusive, int toExclusive)", |call| {
        random_int(call, call.int(0), call.int(1))
    }),
    ("static object new()", generator),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Security.Cryptography.HashAlgorithm", HASH),
    ("System.Security.Cryptography.KeyedHashAlgorithm", KEYED),
    ("System.Security.Cryptography.MD5CryptoServiceProvider", NEW),
    ("System.Security.Cryptography.SHA1Managed", NEW),
    ("System.Security.Cryptography.SHA1CryptoServiceProvider", NEW),
    ("System.Security.Cryptography.SHA256Managed", NEW),
    ("System.Security.Cryptography.SHA256CryptoServiceProvider", NEW),
    ("System.Security.Cryptography.SHA384Managed", NEW),
    ("System.Security.Cryptography.SHA512Managed", NEW),
    ("System.Security.Cryptography.SHA512CryptoServiceProvider", NEW),
    ("System.Security.Cryptography.HMACMD5", NEW_KEYED),
    ("System.Security.Cryptography.HMACSHA1", NEW_KEYED),
    ("System.Security.Cryptography.HMACSHA256", NEW_KEYED),
    ("System.Security.Cryptography.HMACSHA384", NEW_KEYED),
    ("System.Security.Cryptography.HMACSHA512", NEW_KEYED),
    ("System.Security.Cryptography.RandomNumberGenerator", RANDOM),
];
