//! The signature beside a manifest, through kills and changed outputs.

use super::*;

impl Desk {
    /// A signature as somebody's key makes it, of these bytes.
    fn sign(&self, manifest: &[u8], comment: Option<&str>) {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let comment = comment.map_or_else(|| signature_comment(manifest), str::to_owned);
        let signed = minisign::sign(None, &pair.sk, manifest, Some(&comment), None).unwrap();
        self.write("out/manifest.json.minisig", signed.into_string());
    }

    fn manifest(&self) -> Vec<u8> {
        fs::read(self.path("out/manifest.json")).unwrap()
    }

    fn is_signed(&self) -> bool {
        self.path("out/manifest.json.minisig").exists()
    }
}

#[test]
fn a_build_killed_anywhere_leaves_no_signature_of_another_manifest() {
    for steps in 0.. {
        let desk = Desk::new(&[]);
        desk.build(OLD).unwrap();
        let old = desk.manifest();
        // Such as `minisign -S` makes, which tells no hash: what is left later could not be told from a good one.
        desk.sign(&old, Some("timestamp:1"));
        let was_killed = killed_after(steps, || drop(desk.build(NEW)));
        assert!(!desk.is_signed() || desk.manifest() == old, "after {steps} steps");
        desk.build(NEW).unwrap();
        assert!(!desk.is_signed(), "after {steps} steps");
        if !was_killed {
            break;
        }
    }
}

#[test]
fn a_build_removes_what_is_no_signature_of_its_manifest() {
    let desk = Desk::new(&[]);
    desk.build(OLD).unwrap();
    desk.sign(&desk.manifest(), None);
    desk.build(OLD).unwrap();
    assert!(desk.is_signed(), "it is of this very manifest");
    desk.sign(&desk.manifest(), Some("timestamp:1"));
    desk.build(OLD).unwrap();
    assert!(desk.is_signed(), "it may be of this manifest");
    desk.sign(b"another manifest", None);
    desk.build(OLD).unwrap();
    assert!(!desk.is_signed());
    for torn in ["", "untrusted comment: none\nRW", &"long ".repeat(10_000)] {
        desk.write("out/manifest.json.minisig", torn);
        desk.build(OLD).unwrap();
        assert!(!desk.is_signed(), "{torn:.30}");
    }
}

#[test]
fn a_signature_comes_whole_or_not_at_all() {
    for steps in 0.. {
        let desk = Desk::new(&[]);
        desk.build(OLD).unwrap();
        desk.write("out/manifest.json.minisig", "the one before");
        let was_killed = killed_after(steps, || {
            drop(write_signature(&desk.path("out"), |_| Ok("the new one".to_owned())));
        });
        let there = fs::read_to_string(desk.path("out/manifest.json.minisig")).unwrap();
        assert!(["the one before", "the new one"].contains(&&*there), "after {steps} steps: {there}");
        if !was_killed {
            assert_eq!(there, "the new one");
            assert!(!desk.path("out/.brief").exists());
            break;
        }
    }
}

#[test]
fn nothing_is_signed_where_a_build_is_at_work() {
    let desk = Desk::new(&[]);
    desk.build(OLD).unwrap();
    let at_work = desk.open().unwrap();
    let sign = || write_signature(&desk.path("out"), |_| Ok(String::new()));
    assert_eq!(code(sign()), "B0904");
    drop(at_work);
    sign().unwrap();
}
