//! What every [`SessionStore`] has to do, whatever it keeps its records in.
