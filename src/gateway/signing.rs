//! Signed requests: how one is signed, and the story of one that comes in: whose is it, does the signature hold, may it come
//! from there.

use std::net::IpAddr;

use secrecy::ExposeSecret;
use uuid::Uuid;

use super::fields::{Fields, Flaw, Item};
use super::flow::with_store;
use super::header::single;
use super::keys::{Keys, Names};
use super::value::Value;
use super::{Env, caller, misconfigured};
use crate::error::Error;
use crate::signing::cidr::Networks;
use crate::signing::request::{HEADER, Header, Part, Request, Stamp, TOLERANCE_S, is_client, sign};
use crate::signing::{Reason, plain};

/// A request as PHP has it: nothing of it need be UTF-8.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Raw<'a> {
    pub method: &'a [u8],
    /// `/path?query`, or a whole URL.
    pub target: &'a [u8],
    pub body: &'a [u8],
}

impl<'a> Raw<'a> {
    fn request(&self, host: Option<&'a [u8]>) -> Result<Request<'a>, Part> {
        let text = |bytes, part| std::str::from_utf8(bytes).map_err(|_| part);
        let host = host.map(|host| text(host, Part::Host)).transpose()?;
        Request::new(text(self.method, Part::Method)?, text(self.target, Part::Target)?, host, self.body)
    }
}

/// How a request was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `X-AISP-Signature`, version 2.
    V2,
    /// `X-Sign`, the code of the body alone.
    Plain,
}

impl Scheme {
    /// As PHP sees it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::Plain => "plain",
        }
    }
}

/// A client that has proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its name.
    pub client: String,
    /// How it signed.
    pub scheme: Scheme,
    /// What the client must never use again; `None` for the plain scheme, which has none.
    pub nonce: Option<String>,
    /// When it signed, in seconds since the epoch; `None` for the plain scheme.
    pub time_s: Option<i64>,
    /// The first second in which the nonce may be forgotten: by then the signature is stale.
    pub forget_s: Option<i64>,
}

/// `aisp_sign_request()` at `now_s` seconds since the epoch: the headers to send.
///
/// # Errors
/// [`Error::Config`]: an argument is malformed, or the key is not set or too short.
pub fn sign_request(
    raw: &Raw<'_>,
    options: &Value<'_>,
    now_s: i64,
    env: &Env<'_>,
) -> Result<[(&'static str, String); 1], Error> {
    const FUNCTION: &str = "aisp_sign_request";
    let read = || {
        let mut fields = Fields::of(options)?;
        let client = fields.string("client")?.filter(|client| is_client(client));
        let client =
            client.ok_or_else(|| fields.flaw("client", "must be 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\""))?;
        let (names, host) = (Names::read(&mut fields)?, from_outside(&mut fields, "host")?);
        fields.finish()?;
        Ok((client, names, host))
    };
    let (client, names, host) = read().map_err(misconfigured(FUNCTION, 4, "options"))?;
    let request = raw.request(host).map_err(|part| {
        Error::config(match part {
            Part::Method => format!("{FUNCTION}(): Argument #1 ($method) must be 1 to 16 letters"),
            Part::Target => {
                format!("{FUNCTION}(): Argument #2 ($target) must be a path or a URL, encoded as it is sent")
            }
            Part::Host => {
                format!("{FUNCTION}(): Argument #4 ($options) key \"host\" must be a host, unless $target is a URL")
            }
        })
    })?;
    let nonce = Uuid::now_v7().simple().to_string();
    let stamp = Stamp::new(client, &nonce, now_s).ok_or_else(|| Error::config("The clock of this server is wrong."))?;
    let key = names.first(env)?;
    Ok([(HEADER, sign(&request, &stamp, key.expose_secret().as_bytes()))])
}

/// `aisp_verify_request()` at `now_s` seconds since the epoch. A request with `X-AISP-Signature` is judged by that alone.
///
/// # Errors
/// [`Error::Unauthorized`] for whatever is wrong with the request; [`Error::Forbidden`] for an address that is not allowed;
/// [`Error::Config`] for a flaw in `$options`; [`Error::Store`], because without a store a replay could not be told.
pub fn verify_request(
    raw: &Raw<'_>,
    headers: &Value<'_>,
    options: &Value<'_>,
    now_s: i64,
    env: &Env<'_>,
) -> Result<Verified, Error> {
    let door = Door::read(options).map_err(misconfigured("aisp_verify_request", 5, "options"))?;
    let (client, verified) = if let Some(signature) = single(headers, HEADER)? {
        door.signed(raw, signature, now_s, env)?
    } else if let Some(signature) = single(headers, plain::HEADER)? {
        door.plain(raw, signature, single(headers, plain::CLIENT_HEADER)?, env)?
    } else {
        return Err(Reason::MissingHeader.into());
    };
    if let Some(allowed) = &client.allow
        && !door.ip.is_some_and(|ip| allowed.contains(ip))
    {
        return Err(Error::Forbidden);
    }
    // Not earlier: the signature holds, so no stranger can fill the store or use up a client's nonces.
    if let (Some(nonce), Some(forget_s)) = (&verified.nonce, verified.forget_s) {
        let key = ["request", door.site, &verified.client, nonce].join("\u{1f}");
        let (until_us, now_us) = (forget_s * 1_000_000, now_s * 1_000_000);
        if !with_store(env, |store| store.take_nonce(&key, until_us, now_us))? {
            return Err(Reason::Replayed.into());
        }
    }
    Ok(verified)
}

/// Holds the policy's key `clients` to what clients must be like.
pub fn check_clients(policy: &mut Fields<'_, '_>) -> Result<(), Flaw> {
    client_keys(policy).map(drop)
}

/// The names of each client's keys, from the policy's key `clients`.
pub fn client_keys<'a>(policy: &mut Fields<'_, 'a>) -> Result<Vec<(&'a str, Names<'a>)>, Flaw> {
    let clients = policy.named("clients")?.unwrap_or_default();
    clients.iter().map(|(name, item)| Client::read(name, item).map(|client| (*name, client.names))).collect()
}

/// The argument `$options`: who may come in, and where this door stands.
struct Door<'a> {
    clients: Vec<Client<'a>>,
    site: &'a str,
    ip: Option<IpAddr>,
    host: Option<&'a [u8]>,
    tolerance_s: i64,
}

struct Client<'a> {
    name: &'a str,
    names: Names<'a>,
    /// `None` for everywhere.
    allow: Option<Networks>,
    plain: bool,
}

impl<'a> Door<'a> {
    fn read(options: &Value<'a>) -> Result<Self, Flaw> {
        let mut fields = Fields::of(options)?;
        let clients = fields.named("clients")?.ok_or_else(|| fields.flaw("clients", "must be given"))?;
        let clients = clients.into_iter().map(|(name, item)| Client::read(name, &item)).collect::<Result<_, _>>()?;
        let ip = match fields.string("ip")?.unwrap_or_default() {
            "" => None,
            ip => Some(ip.parse().map_err(|_| fields.flaw("ip", "must be an IP address"))?),
        };
        let host = from_outside(&mut fields, "host")?;
        let site = caller::text(&mut fields, "site")?;
        let tolerance_s = fields.int("tolerance", 1, TOLERANCE_S)?.unwrap_or(TOLERANCE_S);
        fields.finish()?;
        Ok(Self { clients, site, ip, host, tolerance_s })
    }

    fn client(&self, name: &str) -> Option<&Client<'a>> {
        self.clients.iter().find(|client| client.name == name)
    }

    /// The keys to verify with: a client's, and for one that is not known another one's, so that it takes as long. What comes of
    /// that must not count: whoever calls this asks for the client only afterwards.
    fn keys(&self, client: Option<&Client<'a>>, env: &Env<'_>) -> Keys {
        client.or(self.clients.first()).map(|client| client.names.all(env)).unwrap_or_default()
    }

    fn signed(
        &self,
        raw: &Raw<'_>,
        signature: &str,
        now_s: i64,
        env: &Env<'_>,
    ) -> Result<(&Client<'a>, Verified), Reason> {
        let header = Header::read(signature)?;
        let request = raw.request(self.host).map_err(|_| Reason::Malformed)?;
        let client = self.client(header.client());
        let keys = self.keys(client, env);
        let stamp = header.verify(&request, &keys.bytes(), now_s, self.tolerance_s)?;
        let verified = Verified {
            client: stamp.client().to_owned(),
            scheme: Scheme::V2,
            nonce: Some(stamp.nonce().to_owned()),
            time_s: Some(stamp.time_s()),
            // A signature from the future is good for twice the tolerance, and `now_s` may be almost over.
            forget_s: Some(now_s + 2 * TOLERANCE_S + 1),
        };
        client.map(|client| (client, verified)).ok_or(Reason::Mismatch)
    }

    fn plain(
        &self,
        raw: &Raw<'_>,
        signature: &str,
        named: Option<&str>,
        env: &Env<'_>,
    ) -> Result<(&Client<'a>, Verified), Reason> {
        let plain: Vec<&str> = self.clients.iter().filter(|client| client.plain).map(|client| client.name).collect();
        let client = match plain::client(named, &plain) {
            Ok(name) => self.client(name),
            Err(Reason::Mismatch) => None,
            Err(reason) => return Err(reason),
        };
        let keys = self.keys(client, env);
        plain::verify(signature, raw.body, &keys.bytes())?;
        let client = client.ok_or(Reason::Mismatch)?;
        let (client_name, scheme) = (client.name.to_owned(), Scheme::Plain);
        Ok((client, Verified { client: client_name, scheme, nonce: None, time_s: None, forget_s: None }))
    }
}

impl<'a> Client<'a> {
    fn read(name: &'a str, item: &Item<'_, 'a>) -> Result<Self, Flaw> {
        if !is_client(name) {
            return Err(item.flaw("must have a name of 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\""));
        }
        let mut fields = item.fields()?;
        let names = Names::read(&mut fields)?;
        let allow = fields.list("allow")?.map(|entries| {
            let entries = entries.iter().map(Item::string).collect::<Result<Vec<_>, _>>()?;
            Networks::parse(entries).map_err(|bad| fields.flaw("allow", format!("holds what it may not: {bad}")))
        });
        let (allow, plain) = (allow.transpose()?, fields.bool("plain")?.unwrap_or(false));
        // What it may ask for is of no concern at the door.
        let _ = fields.named("policy")?;
        fields.finish()?;
        Ok(Self { name, names, allow, plain })
    }
}

/// A string that the client may have chosen: it need not be UTF-8, and if it is wrong, so is the request.
pub(super) fn from_outside<'a>(fields: &mut Fields<'_, 'a>, key: &'static str) -> Result<Option<&'a [u8]>, Flaw> {
    match fields.item(key) {
        None => Ok(None),
        Some(item) => match item.value() {
            Value::Str(bytes) => Ok(Some(bytes)),
            other => Err(item.flaw(format!("must be of type string, {} given", other.type_name()))),
        },
    }
}
