//! Project Wycheproof's vectors, against the primitives that our verifier stands on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use donewell_app::auth::token::install_crypto;
use jsonwebtoken::{Algorithm, DecodingKey, crypto::verify};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify as rsa};

/// One vector; says whether it had a verdict.
fn judge(
    algorithm: Algorithm,
    key: &DecodingKey,
    (id, comment): (usize, &str),
    (message, signature): (&[u8], &[u8]),
    result: TestResult,
) -> bool {
    let expected = match result {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => return false,
    };
    let signature = URL_SAFE_NO_PAD.encode(signature);
    let is_good = verify(&signature, message, key, algorithm).unwrap_or(false);
    assert_eq!(is_good, expected, "{algorithm:?}, vector {id}: {comment}");
    true
}

#[test]
fn every_vector_has_its_verdict() {
    install_crypto();
    let mut count = 0;
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("the vectors");
    for group in set.test_groups {
        let x = URL_SAFE_NO_PAD.encode(group.key.pk.as_ref() as &[u8]);
        let key = DecodingKey::from_ed_components(&x).expect("a key");
        for test in group.tests {
            let name = (test.tc_id, test.comment.as_str());
            let signed: (&[u8], &[u8]) = (&test.msg, &test.sig);
            count += usize::from(judge(Algorithm::EdDSA, &key, name, signed, test.result));
        }
    }
    assert!(count > 100, "{count} vectors of Ed25519");

    count = 0;
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363);
    for group in set.expect("the vectors").test_groups {
        let key = DecodingKey::from_ec_der(&group.key.key);
        for test in group.tests {
            let name = (test.tc_id, test.comment.as_str());
            let signed: (&[u8], &[u8]) = (&test.msg, &test.sig);
            count += usize::from(judge(Algorithm::ES256, &key, name, signed, test.result));
        }
    }
    assert!(count > 200, "{count} vectors of P-256");

    for size in [rsa::TestName::Rsa2048Sha256, rsa::TestName::Rsa8192Sha256] {
        count = 0;
        let set = rsa::TestSet::load(size).expect("the vectors");
        for group in set.test_groups {
            let zeros = group.key.n.iter().take_while(|digit| **digit == 0).count();
            let key = DecodingKey::from_rsa_raw_components(&group.key.n[zeros..], &group.key.e);
            for test in group.tests {
                let name = (test.tc_id, test.comment.as_str());
                let signed: (&[u8], &[u8]) = (&test.msg, &test.sig);
                count += usize::from(judge(Algorithm::RS256, &key, name, signed, test.result));
            }
        }
        assert!(count > 200, "{count} vectors of {size:?}");
    }
}
