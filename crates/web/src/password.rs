//! Passwords: hashed and checked with argon2id in a bounded pool, so that sign-ins never starve the pages.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;

/// The pool.
#[derive(Debug, Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
}

/// A password could not be hashed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashError(String);

impl Passwords {
    /// A pool that works on so many at once.
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)) }
    }

    /// Hashes a password as a PHC string.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError> {
        self.run(move || hash_now(&password, &salt))
            .await
            .ok_or_else(|| HashError("the pool ended".to_owned()))?
    }

    /// Whether the password belongs to the hash. Takes the same time for an account that does not exist when it
    /// is given `None`.
    pub async fn verify(&self, password: String, hash: Option<String>) -> bool {
        self.run(move || {
            let Some(hash) = hash else {
                // The result is not wanted, only the time it takes.
                drop(hash_now(&password, b"nobody's account"));
                return false;
            };
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
        .unwrap_or(false)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let place = self.places.clone().acquire_owned().await.ok()?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .ok()
    }
}

/// Hashes on the thread it is called on: for the command line and for making demo cities.
pub fn hash_now(password: &str, salt: &[u8; 16]) -> Result<String, HashError> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| HashError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn r4_g_a_password_is_known_by_its_hash_only() {
        let pool = Passwords::new(1);
        let hash = pool.hash("a long password".to_owned(), [7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(pool.verify("a long password".to_owned(), Some(hash.clone())).await);
        assert!(!pool.verify("another password".to_owned(), Some(hash)).await);
        assert!(!pool.verify("a long password".to_owned(), None).await);
    }
}
