//! Signatures of manifests, in the format of `minisign` (Ed25519 over BLAKE2b, pre-hashed).
//!
//! The manifest lists every file with its hash, so its signature vouches for the whole site.

use std::fs;
use std::io::{Cursor, ErrorKind};
use std::path::Path;

use ct_codecs::{Base64, Decoder as _};
use minisign::{PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

use crate::base::{Diagnostic, codes};
use crate::io::{
    MANIFEST, Result, SIGNATURE, read_plain, read_signature, signature_comment, unreadable, write_signature,
};

/// A key that signs.
pub struct Signer {
    secret: SecretKey,
    public: PublicKey,
}

/// Why a key cannot be used: one sentence, and what to do.
pub type KeyFault = (String, String);

impl Signer {
    /// Reads a secret key of `minisign`.
    ///
    /// # Errors
    /// What is wrong with the file or the password, and what to do.
    pub fn read(path: &Path, password: Option<String>) -> std::result::Result<Self, KeyFault> {
        let shown = path.display();
        let make =
            "`minisign -G -W -p key.pub -s key.sec` makes a pair of keys without a password".to_owned();
        let text = fs::read_to_string(path)
            .map_err(|error| (format!("cannot read the key `{shown}`: {error}"), make.clone()))?;
        let parse = || SecretKeyBox::from_string(&text);
        let secret = match parse().and_then(SecretKeyBox::into_unencrypted_secret_key) {
            Ok(secret) => secret,
            Err(_) if let Some(secret) = without_checksum(&text) => secret,
            Err(_) if !text.starts_with("untrusted comment:") => {
                return Err((format!("`{shown}` is no secret key of minisign"), make));
            }
            Err(_) => {
                let words = format!("the key `{shown}` is protected by a password");
                let help = "put it into the variable `BRIEF_SIGN_PASSWORD`".to_owned();
                let password = password.ok_or((words, help))?;
                parse().and_then(|key| key.into_secret_key(Some(password))).map_err(|error| {
                    let help = "is the password in `BRIEF_SIGN_PASSWORD` the right one?".to_owned();
                    (format!("cannot use the key `{shown}`: {error}"), help)
                })?
            }
        };
        let public = PublicKey::from_secret_key(&secret).map_err(|error| (error.to_string(), make))?;
        Ok(Self { secret, public })
    }

    /// Signs the manifest of an output folder, unless this key has signed it already.
    ///
    /// # Errors
    /// B0901 when there is no manifest, B0904 when a build is at work there, B0906 when something else than a plain
    /// file stands in the signature's place, B0902 when the signature cannot be written. What was there stays then.
    pub fn sign(&self, folder: &Path) -> Result<()> {
        // A signature has chance in it; the same manifest should not become another release by it.
        match check(folder, &self.public) {
            Err(fault) if fault.is(&codes::BAD_SIGNATURE) => {}
            checked => return checked,
        }
        write_signature(folder, |manifest| {
            let signed = minisign::sign(
                Some(&self.public),
                &self.secret,
                Cursor::new(manifest),
                Some(&signature_comment(manifest)),
                Some("signature of a site's manifest; check it with `brief verify DIR --key KEY`"),
            );
            signed.map(SignatureBox::into_string).map_err(|error| {
                let words = format!("cannot write `{}`: {error}", folder.join(SIGNATURE).display());
                Box::new(Diagnostic::new(&codes::WRITE, words))
            })
        })
    }
}

/// A key that `minisign -W` of version 0.11 wrote: not encrypted, its checksum left at zero.
fn without_checksum(text: &str) -> Option<SecretKey> {
    const CHECKSUM: usize = 32;
    let bytes = Base64::decode_to_vec(text.lines().nth(1)?, None).ok()?;
    let is_one = bytes.get(2..4) == Some(&[0, 0]) && bytes.ends_with(&[0; CHECKSUM]);
    is_one.then(|| SecretKey::from_bytes(&bytes).ok()).flatten()
}

/// Reads a public key: the file that `minisign -G` writes, or the line of letters in it.
///
/// # Errors
/// Why it is none, and what to do.
pub fn public_key(given: &str) -> std::result::Result<PublicKey, KeyFault> {
    let help =
        || "it is the file that `minisign -G` writes, or the 56 characters in its last line".to_owned();
    let text = match fs::read_to_string(given) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return PublicKey::from_base64(given)
                .map_err(|_| (format!("`{given}` is neither a file nor a public key"), help()));
        }
        Err(error) => return Err((format!("cannot read `{given}`: {error}"), help())),
    };
    PublicKeyBox::from_string(&text)
        .and_then(PublicKeyBox::into_public_key)
        .or_else(|_| PublicKey::from_base64(text.trim()))
        .map_err(|_| (format!("`{given}` is no public key of minisign"), help()))
}

/// Checks the signature of a folder's manifest.
///
/// # Errors
/// B0909 when it is missing, damaged, by another key or of another manifest; B0906 when it is no plain file; B0901 when
/// it or the manifest cannot be read.
pub fn check(folder: &Path, key: &PublicKey) -> Result<()> {
    let path = folder.join(MANIFEST);
    let manifest = read_plain(&path).map_err(|error| unreadable(&path, error))?;
    let signature = read_signature(folder)?;
    check_bytes(&path.display().to_string(), &manifest, signature.as_deref(), key)
}

/// Checks the signature of a manifest, which messages call `name`.
///
/// # Errors
/// B0909 when it is missing, damaged, by another key or of another manifest.
pub fn check_bytes(name: &str, manifest: &[u8], signature: Option<&[u8]>, key: &PublicKey) -> Result<()> {
    let bad = |why: String| {
        let words = format!("the signature of `{name}` does not hold: {why}");
        Box::new(Diagnostic::new(&codes::BAD_SIGNATURE, words))
    };
    let Some(signature) = signature else { return Err(bad(format!("there is no `{SIGNATURE}`"))) };
    let text = String::from_utf8_lossy(signature);
    let signature = SignatureBox::from_string(&text).map_err(|error| bad(error.to_string()))?;
    minisign::verify(key, &signature, Cursor::new(manifest), true, false, false)
        .map_err(|error| bad(error.to_string()))
}
