//! The classes that PHP throws, each with its name, its slug and its HTTP status.

/// The exception classes, each with its slug and HTTP status. PHP sees `Aisp\<class>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    InvalidRequest,
    Unauthorized,
    Forbidden,
    Conflict,
    Blocked,
    RateLimited,
    BudgetExceeded,
    ConfigError,
    ProviderError,
    CircuitOpen,
    StoreUnavailable,
    Timeout,
}

impl Kind {
    /// Every kind, in the order in which the classes are registered.
    pub const ALL: [Self; 12] = [
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::Conflict,
        Self::Blocked,
        Self::RateLimited,
        Self::BudgetExceeded,
        Self::ConfigError,
        Self::ProviderError,
        Self::CircuitOpen,
        Self::StoreUnavailable,
        Self::Timeout,
    ];

    /// The class name, the slug and the usual HTTP status.
    const fn row(self) -> (&'static str, &'static str, u16) {
        match self {
            Self::InvalidRequest => ("InvalidRequest", "invalid_request", 400),
            Self::Unauthorized => ("Unauthorized", "unauthorized", 401),
            Self::Forbidden => ("Forbidden", "forbidden", 403),
            Self::Conflict => ("Conflict", "conflict", 409),
            Self::Blocked => ("Blocked", "blocked", 422),
            Self::RateLimited => ("RateLimited", "rate_limited", 429),
            Self::BudgetExceeded => ("BudgetExceeded", "budget_exceeded", 429),
            Self::ConfigError => ("ConfigError", "config_error", 500),
            Self::ProviderError => ("ProviderError", "provider_error", 502),
            Self::CircuitOpen => ("CircuitOpen", "circuit_open", 503),
            Self::StoreUnavailable => ("StoreUnavailable", "store_unavailable", 503),
            Self::Timeout => ("Timeout", "timeout", 504),
        }
    }

    /// The class name without its namespace.
    pub const fn class(self) -> &'static str {
        self.row().0
    }

    /// The machine-readable name, as `getSlug()` and the REST error code show it.
    pub const fn slug(self) -> &'static str {
        self.row().1
    }

    /// The HTTP status that an error of this kind has unless the error says otherwise.
    pub const fn status(self) -> u16 {
        self.row().2
    }
}
