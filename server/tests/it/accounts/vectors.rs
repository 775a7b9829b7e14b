//! Project Wycheproof's vectors for Ed25519, against the primitive that our verifier stands on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use donewell_app::auth::token::install_crypto;
use jsonwebtoken::{Algorithm, DecodingKey, crypto::verify};
use wycheproof::{
    TestResult,
    eddsa::{TestName, TestSet},
};

#[test]
fn every_vector_has_its_verdict() {
    install_crypto();
    let set = TestSet::load(TestName::Ed25519).expect("the vectors");
    let mut count = 0;
    for group in set.test_groups {
        let x = URL_SAFE_NO_PAD.encode(group.key.pk.as_ref() as &[u8]);
        let key = DecodingKey::from_ed_components(&x).expect("a key");
        for test in group.tests {
            let signature = URL_SAFE_NO_PAD.encode(test.sig.as_ref() as &[u8]);
            let is_good = verify(&signature, &test.msg, &key, Algorithm::EdDSA).unwrap_or(false);
            let expected = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => continue,
            };
            assert_eq!(is_good, expected, "vector {}: {}", test.tc_id, test.comment);
            count += 1;
        }
    }
    assert!(count > 100, "{count} vectors");
}
