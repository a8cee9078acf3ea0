use authz::{AuthzError, Role, Subject};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine as _};
use base64_legacy::{engine::general_purpose::STANDARD, Engine as _};
use ring::hmac;

/// Signs and checks tokens of the form `base64(name|role).base64(signature)`.
pub struct TokenIssuer {
    key: hmac::Key,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token's signature is wrong")]
    Forged,
    #[error(transparent)]
    Role(#[from] AuthzError),
}

impl TokenIssuer {
    pub fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    pub fn issue(&self, subject: &Subject) -> String {
        let claims = format!("{}|{}", subject.name, subject.role);
        let signature = hmac::sign(&self.key, claims.as_bytes());
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&claims),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// # Errors
    /// [`TokenError`] if the token is not one of ours.
    pub fn verify(&self, token: &str) -> Result<Subject, TokenError> {
        let (claims, signature) = token.split_once('.').ok_or(TokenError::Malformed)?;
        let claims = decode(claims)?;
        let signature = decode(signature)?;
        hmac::verify(&self.key, &claims, &signature).map_err(|_| TokenError::Forged)?;
        let claims = String::from_utf8(claims).map_err(|_| TokenError::Malformed)?;
        let (name, role) = claims.rsplit_once('|').ok_or(TokenError::Malformed)?;
        Ok(Subject::new(name, role.parse::<Role>()?))
    }
}

/// Old tokens are in the standard, padded alphabet.
fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .ok()
        .or_else(|| STANDARD.decode(part).ok())
        .ok_or(TokenError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Subject {
        Subject::new("alice|x@lana.bank", Role::BankManager)
    }

    #[test]
    fn tokens_round_trip() {
        let issuer = TokenIssuer::new(b"secret");
        assert_eq!(issuer.verify(&issuer.issue(&alice())), Ok(alice()));
    }

    #[test]
    fn old_tokens_still_work() {
        let issuer = TokenIssuer::new(b"secret");
        let claims = "alice|x@lana.bank|bank-manager";
        let signature = hmac::sign(&issuer.key, claims.as_bytes());
        let token = format!("{}.{}", STANDARD.encode(claims), STANDARD.encode(signature));
        assert_eq!(issuer.verify(&token), Ok(alice()));
    }

    #[test]
    fn forgeries_are_refused() {
        let token = TokenIssuer::new(b"other").issue(&alice());
        let issuer = TokenIssuer::new(b"secret");
        assert_eq!(issuer.verify(&token), Err(TokenError::Forged));
        assert_eq!(issuer.verify("no dot"), Err(TokenError::Malformed));
    }
}
