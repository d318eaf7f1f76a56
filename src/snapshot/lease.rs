//! Who may write: of all appliances that ever share a place, one, and everybody can see which. Each one that begins, or takes over from
//! another, takes the next fencing number, which is an object that only one can make. Whoever finds a higher number than its own writes
//! nothing any more. One that cannot look writes nothing either, once it has not looked for a while (`appliance/lease`), so whoever takes
//! over waits for as long: no clock of one machine is compared with that of another.

use bytes::Bytes;
use minicbor::{Decode, Encode};

use super::{Damage, Vault};
use crate::{
    error::{Fault, Result},
    store::codec,
    time::Instant,
};

/// The right to write.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Lease {
    /// The fencing number: of two the higher one counts.
    #[n(0)]
    pub epoch: u64,
    /// The instance that has it.
    #[n(1)]
    pub holder: String,
    #[n(2)]
    pub since: Instant,
}

/// A standby.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Follower {
    #[n(0)]
    pub id: String,
    /// The machine, for people.
    #[n(1)]
    pub name: String,
    /// When it was last here.
    #[n(2)]
    pub at: Instant,
    /// The last commit that it has.
    #[n(3)]
    pub upto: Option<Instant>,
}

const LEASES: &str = "lease";
const FOLLOWERS: &str = "followers";

fn lease(epoch: u64) -> String {
    format!("{LEASES}/{epoch:012}")
}

/// Says that the one before has seen that it is over, and that all it had is here.
fn ended(epoch: u64) -> String {
    format!("{LEASES}/{epoch:012}-ended")
}

/// Says that whoever has this number knows that it is followed, and stops by itself when it cannot look.
fn followed(epoch: u64) -> String {
    format!("{LEASES}/{epoch:012}-followed")
}

impl Vault {
    pub async fn lease(&self, epoch: u64) -> Result<Option<Lease>> {
        self.record(&lease(epoch)).await
    }

    /// The one that counts.
    pub async fn last_lease(&self) -> Result<Option<Lease>> {
        let mut highest = 0;
        let list = self.objects().list(LEASES, |it| {
            let number = it.name.rsplit('/').next().and_then(|it| it.parse::<u64>().ok());
            highest = highest.max(number.unwrap_or(0));
        });
        list.await?;
        // What a listing does not show yet is there all the same under its name.
        let mut last = self.lease(highest).await?;
        while let Some(next) = self.lease(highest + 1).await? {
            highest += 1;
            last = Some(next);
        }
        Ok(last)
    }

    /// Takes a number; false if somebody else has it.
    pub async fn take_lease(&self, taken: &Lease) -> Result<bool> {
        let name = lease(taken.epoch);
        let sealed = self.keys().seal_record(&name, codec::encode(taken))?;
        let made = self.objects().put_new(&name, Bytes::from(sealed)).await?;
        if made {
            self.objects().flush().await?;
        }
        // An answer may be lost on the way, and the object made all the same.
        let found = self.lease(taken.epoch).await?;
        let found = found.ok_or_else(|| Fault::new(format!("{} does not keep what is written there", self.objects().shown())))?;
        Ok(found.holder == taken.holder)
    }

    pub async fn note_ended(&self, epoch: u64, at: Instant) -> Result<()> {
        self.put_record(&ended(epoch), &at).await
    }

    pub async fn has_ended(&self, epoch: u64) -> Result<bool> {
        Ok(self.record::<Instant>(&ended(epoch)).await?.is_some())
    }

    /// Says whether the holder of a number knows that it is followed.
    pub async fn note_followed(&self, epoch: u64, at: Option<Instant>) -> Result<()> {
        match at {
            Some(at) => self.put_record(&followed(epoch), &at).await,
            None => self.objects().remove(&followed(epoch)).await,
        }
    }

    pub async fn knows_followed(&self, epoch: u64) -> Result<bool> {
        Ok(self.record::<Instant>(&followed(epoch)).await?.is_some())
    }

    pub async fn put_follower(&self, follower: &Follower) -> Result<()> {
        self.put_record(&format!("{FOLLOWERS}/{}", follower.id), follower).await
    }

    pub async fn remove_follower(&self, id: &str) -> Result<()> {
        self.objects().remove(&format!("{FOLLOWERS}/{id}")).await
    }

    pub async fn followers(&self) -> Result<Vec<Follower>> {
        let mut names = Vec::new();
        self.objects().list(FOLLOWERS, |it| names.push(it.name)).await?;
        let mut found = Vec::new();
        for name in names {
            match self.record(&name).await {
                Ok(it) => found.extend(it),
                // One that nobody can read keeps nobody from looking.
                Err(error) if Damage::is(&error) => tracing::warn!(%error, "a standby cannot be read at the place of the snapshots"),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}
