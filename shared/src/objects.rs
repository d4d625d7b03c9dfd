//! Files (attachments, report files, rendered mails): a local folder, or S3-compatible storage where
//! several machines share them. Bytes first, row after: what no row names is swept.

use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};

use crate::domain::instant::Instant;

/// How many parts of one file are on their way to the storage at once.
const UPLOADS: usize = 2;

/// The storage did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The local folder cannot be made.
    #[error("the folder of objects cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    /// What should be stored cannot be read.
    #[error("the bytes to be stored cannot be read: {0}")]
    Read(std::io::Error),
    /// Anything else, with the key where there is one.
    #[error("the object storage failed: {0}")]
    Storage(#[from] object_store::Error),
}

impl ObjectError {
    /// Whether there are no bytes of this key: asking again gives none.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Storage(object_store::Error::NotFound { .. }))
    }
}

/// The storage of files by key. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    /// Opens the storage of the setting `storage_url`: `file://<folder>` or `s3://<bucket>/<prefix>`, whose
    /// region, endpoint and keys come from the variables `AWS_…`.
    ///
    /// # Errors
    /// The folder cannot be made; the environment names no usable storage.
    pub fn open(storage_url: &str) -> Result<Self, ObjectError> {
        match storage_url.strip_prefix("s3://") {
            Some(rest) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
                Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
            }
            None => {
                let folder = storage_url.strip_prefix("file://").unwrap_or(storage_url);
                std::fs::create_dir_all(folder)?;
                // Without fsync a row could name bytes that a power cut has taken.
                Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
            }
        }
    }

    /// Stores the bytes, whole or not at all.
    pub async fn put(&self, key: &str, bytes: impl Into<Bytes>) -> Result<(), ObjectError> {
        self.0.put(&Path::from(key), bytes.into().into()).await?;
        Ok(())
    }

    /// Stores what a stream yields, whole or not at all, without holding all of it in memory.
    pub async fn put_stream(
        &self,
        key: &str,
        parts: impl Stream<Item = std::io::Result<Bytes>>,
    ) -> Result<(), ObjectError> {
        let mut upload = WriteMultipart::new(self.0.put_multipart(&Path::from(key)).await?);
        let mut parts = pin!(parts);
        while let Some(part) = parts.next().await {
            match part {
                Ok(bytes) => upload.put(bytes),
                Err(error) => {
                    upload.abort().await?;
                    return Err(ObjectError::Read(error));
                }
            }
            upload.wait_for_capacity(UPLOADS).await?;
        }
        upload.finish().await?;
        Ok(())
    }

    /// The bytes of a range of a key, part by part.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, ObjectError>> + use<>, ObjectError> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.0.get_opts(&Path::from(key), options).await?;
        Ok(found.into_stream().map_err(ObjectError::from))
    }

    /// The bytes of a key.
    pub async fn get(&self, key: &str) -> Result<Bytes, ObjectError> {
        Ok(self.0.get(&Path::from(key)).await?.bytes().await?)
    }

    /// A part of the bytes of a key.
    pub async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, ObjectError> {
        Ok(self.0.get_range(&Path::from(key), range).await?)
    }

    /// Removes the bytes of a key; nothing happens where there are none.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        match self.0.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The keys under a first part, such as `mails`, that were stored before an instant of the system clock.
    pub async fn stored_before(&self, part: &str, instant: Instant) -> Result<Vec<String>, ObjectError> {
        let before = instant.to_utc();
        let objects: Vec<_> = self.0.list(Some(&Path::from(part))).try_collect().await?;
        let old = objects.into_iter().filter(|object| object.last_modified < before);
        Ok(old.map(|object| object.location.to_string()).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::store::clock::system_now;

    #[tokio::test]
    async fn a_folder_keeps_bytes_by_key() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::open(&format!("file://{}/new/objects", folder.path().display())).unwrap();
        objects.put("mails/a.eml", "first".to_owned()).await.unwrap();
        objects.put("mails/a.eml", "second".to_owned()).await.unwrap();
        assert_eq!(objects.get("mails/a.eml").await.unwrap(), "second");
        assert_eq!(objects.get_range("mails/a.eml", 1..4).await.unwrap(), "eco");
        let parts = futures_util::stream::iter(["third ", "part"].map(|part| Ok(Bytes::from(part))));
        objects.put_stream("mails/b.eml", parts).await.unwrap();
        let read: Vec<Bytes> =
            objects.stream("mails/b.eml", 2..8).await.unwrap().try_collect().await.unwrap();
        assert_eq!(read.concat(), b"ird pa");
        let broken = [Ok(Bytes::from("x")), Err(std::io::Error::other("gone"))];
        assert!(objects.put_stream("mails/c.eml", futures_util::stream::iter(broken)).await.is_err());
        assert!(objects.get("mails/c.eml").await.is_err());
        objects.delete("mails/b.eml").await.unwrap();
        let hour = TimeDelta::hours(1);
        let old = objects.stored_before("mails", system_now() + hour).await.unwrap();
        assert_eq!(old, ["mails/a.eml"]);
        assert!(objects.stored_before("mails", system_now() - hour).await.unwrap().is_empty());
        objects.delete("mails/a.eml").await.unwrap();
        objects.delete("mails/a.eml").await.unwrap();
        assert!(objects.get("mails/a.eml").await.is_err());
    }
}
