//! The built-in types of private values.

/// A built-in type of private value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// An e-mail address.
    Email,
    /// A telephone number, international or in a national shape.
    Phone,
    /// A payment card number that passes its check digit.
    Card,
    /// An international bank account number that passes its check digits.
    Iban,
    /// A US social security number.
    Ssn,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A hardware address of six octets.
    Mac,
}

impl Type {
    /// Every built-in type, in the order of their numbers.
    pub const ALL: [Self; 7] = [Self::Email, Self::Phone, Self::Card, Self::Iban, Self::Ssn, Self::Ip, Self::Mac];

    /// The name in settings and records, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ssn => "ssn",
            Self::Ip => "ip",
            Self::Mac => "mac",
        }
    }

    /// The type of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a wrong digit would show: such a match is worth more than one by shape alone.
    pub(super) fn is_checked(self) -> bool {
        matches!(self, Self::Card | Self::Iban)
    }
}

/// A set of types, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Set(u8);

impl Set {
    pub(super) fn has(self, kind: Type) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Type> for Set {
    fn from_iter<I: IntoIterator<Item = Type>>(types: I) -> Self {
        Self(types.into_iter().fold(0, |bits, kind| bits | 1 << kind as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_name() {
        assert!(Type::ALL.into_iter().all(|kind| Type::from_name(kind.name()) == Some(kind)));
        assert_eq!(Type::from_name("Email"), None);
    }

    #[test]
    fn a_set_has_what_was_put_in() {
        let set: Set = [Type::Card, Type::Mac].into_iter().collect();
        let has: Vec<_> = Type::ALL.into_iter().filter(|kind| set.has(*kind)).collect();
        assert_eq!(has, [Type::Card, Type::Mac]);
    }
}
