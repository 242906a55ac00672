//! Values that the build wrote and that a run reads when it first looks at them: most runs look at few.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Error, Serialize, Serializer};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

/// A value, or until it is first looked at the bytes that the build wrote of it.
#[derive(Clone)]
pub struct Late<T> {
    value: OnceLock<T>,
    bytes: &'static [u8],
}

impl<T> From<T> for Late<T> {
    fn from(value: T) -> Self {
        Self { value: OnceLock::from(value), bytes: &[] }
    }
}

impl<T: Default> Default for Late<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

impl<T: DeserializeOwned> Deref for Late<T> {
    type Target = T;

    /// # Panics
    /// Never in a built lynt: the build wrote the bytes.
    fn deref(&self) -> &T {
        self.value.get_or_init(|| {
            postcard::from_bytes(self.bytes).expect("the build wrote it with the same types")
        })
    }
}

impl<T: DeserializeOwned> DerefMut for Late<T> {
    fn deref_mut(&mut self) -> &mut T {
        // Reads it if nothing has.
        let _: &T = self;
        self.value.get_mut().expect("it was read")
    }
}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

impl<T: DeserializeOwned + PartialEq> PartialEq for Late<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: DeserializeOwned + Eq> Eq for Late<T> {}

impl<T: DeserializeOwned + Serialize> Serialize for Late<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&postcard::to_allocvec(&**self).map_err(S::Error::custom)?)
    }
}

/// Out of bytes that stay, as those in the program do.
impl<'de: 'static, T> Deserialize<'de> for Late<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&'static [u8]>::deserialize(deserializer)?;
        Ok(Self { value: OnceLock::new(), bytes })
    }
}
