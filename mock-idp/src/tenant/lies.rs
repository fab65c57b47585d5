//! Lies that are told, and checks that are not made.

use std::sync::PoisonError;

use super::Tenant;
use crate::check::{Check, NotWaivable};
use crate::fault::{Fault, FaultError, FaultId, UnreachedFault, UnreachedFaults};

impl Tenant {
    /// Tells a lie from now on.
    ///
    /// # Panics
    /// When the fault says what its place cannot do; [`try_fault`](Self::try_fault) returns the
    /// error instead.
    pub fn fault(&self, fault: impl Into<Fault>) -> FaultId {
        match self.try_fault(fault) {
            Ok(id) => id,
            Err(error) => panic!("mock-idp: {error}"),
        }
    }

    /// Tells a lie from now on.
    ///
    /// # Errors
    /// When the fault says what its place cannot do.
    pub fn try_fault(&self, fault: impl Into<Fault>) -> Result<FaultId, FaultError> {
        self.0.faults.add(fault.into())
    }

    /// Stops lying.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// The faults that no request has reached so far.
    #[must_use]
    pub fn unreached_faults(&self) -> Vec<UnreachedFault> {
        self.0.faults.unreached()
    }

    /// Makes sure that every fault was reached: one that was not has tested nothing.
    ///
    /// # Panics
    /// When a fault was not reached, naming each; [`try_verify`](Self::try_verify) returns the
    /// error instead.
    pub fn verify(&self) {
        if let Err(error) = self.try_verify() {
            panic!("mock-idp: {error}");
        }
    }

    /// Makes sure that every fault was reached.
    ///
    /// # Errors
    /// Names those that were not.
    pub fn try_verify(&self) -> Result<(), UnreachedFaults> {
        match self.unreached_faults() {
            unreached if unreached.is_empty() => Ok(()),
            unreached => Err(UnreachedFaults(unreached)),
        }
    }

    /// Lets pass what fails this check.
    ///
    /// # Panics
    /// When the provider cannot go on without it; [`try_waive`](Self::try_waive) returns the error
    /// instead.
    pub fn waive(&self, check: Check) {
        if let Err(error) = self.try_waive(check) {
            panic!("mock-idp: {error}");
        }
    }

    /// Lets pass what fails this check.
    ///
    /// # Errors
    /// When the provider cannot go on without it.
    pub fn try_waive(&self, check: Check) -> Result<(), NotWaivable> {
        if !check.is_waivable() {
            return Err(NotWaivable(check));
        }
        let mut waived = self
            .0
            .waived
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        waived.insert(check);
        Ok(())
    }
}
