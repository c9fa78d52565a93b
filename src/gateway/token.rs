//! Browser tokens: what one may say, and what it must fit.

use secrecy::ExposeSecret;
use uuid::Uuid;

use super::caller::text;
use super::fields::{Fields, Flaw};
use super::grant::read_allowance;
use super::keys::Names;
use super::policy::Policy;
use super::signing::from_outside;
use super::value::Value;
use super::{Env, misconfigured};
use crate::error::Error;
use crate::signing::Reason;
use crate::signing::host::is_origin;
use crate::signing::token::{Allowance, Claims, Expected, MAX_LIFE_S, mint, verify};

/// How long a token lives where the options do not say, in seconds.
pub const LIFE_S: i64 = 300;
/// The most routes, or models, of one token.
const MAX_NAMES: usize = 16;
/// What an origin is.
const ORIGIN: &str = "must be an origin as browsers send it, such as https://example.com or http://localhost:8080";
/// The routes that the policy may open to tokens.
const ROUTES: [&str; 4] = ["/infer", "/infer/stream", "/batch", JOBS];
/// Those that it opens where it does not say.
pub const USUAL_ROUTES: [&str; 2] = [ROUTES[0], ROUTES[1]];
/// The one whose work outlives the token.
const JOBS: &str = "/jobs";

/// `aisp_mint_token()` at `now_s` seconds since the epoch.
///
/// # Errors
/// [`Error::Config`]: an argument is malformed, the key is not set or too short, or the token would be longer than 1 KiB.
pub fn mint_token(claims: &Value<'_>, options: &Value<'_>, now_s: i64, env: &Env<'_>) -> Result<String, Error> {
    const FUNCTION: &str = "aisp_mint_token";
    let mut claims = read_claims(claims).map_err(misconfigured(FUNCTION, 1, "claims"))?;
    let read = || {
        let mut fields = Fields::of(options)?;
        let names = Names::read(&mut fields)?;
        let life_s = fields.int("ttl", 1, MAX_LIFE_S)?.unwrap_or(LIFE_S);
        fields.finish()?;
        Ok((names, life_s))
    };
    let (names, life_s) = read().map_err(misconfigured(FUNCTION, 2, "options"))?;
    claims.expires_s = now_s + life_s;
    let token = mint(&claims, names.first(env)?.expose_secret().as_bytes());
    token
        .ok_or_else(|| Error::config(format!("{FUNCTION}(): Argument #1 ($claims) must make a token of at most 1 KiB")))
}

fn read_claims(value: &Value<'_>) -> Result<Claims, Flaw> {
    let mut fields = Fields::of(value)?;
    let origin = fields.string("origin")?.filter(|origin| is_origin(origin));
    let origin = origin.ok_or_else(|| fields.flaw("origin", ORIGIN))?;
    let routes = names(&mut fields, "routes")?;
    if routes.is_empty() {
        return Err(fields.flaw("routes", "must name a route"));
    }
    let claims = Claims {
        id: Uuid::now_v7().simple().to_string(),
        routes,
        models: names(&mut fields, "models")?,
        origin: origin.to_owned(),
        expires_s: 0,
        epoch: fields.int("epoch", 0, i64::MAX)?.unwrap_or(0).unsigned_abs(),
        site: text(&mut fields, "site")?.to_owned(),
        sub: text(&mut fields, "sub")?.to_owned(),
        budget: read_allowance(&mut fields)?,
    };
    fields.finish()?;
    Ok(claims)
}

fn names(fields: &mut Fields<'_, '_>, key: &'static str) -> Result<Vec<String>, Flaw> {
    let items = fields.list(key)?.unwrap_or_default();
    let names = items.iter().map(|item| item.string().map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
    let is_name = |name: &String| !name.is_empty() && !name.chars().any(char::is_control);
    if names.len() > MAX_NAMES || !names.iter().all(is_name) {
        return Err(fields.flaw(key, format!("must hold at most {MAX_NAMES} names without control characters")));
    }
    Ok(names)
}

/// The names of the keys of tokens, from the policy's key `tokens`; `None` where there are no tokens.
pub fn token_keys<'a>(policy: &mut Fields<'_, 'a>) -> Result<Option<Names<'a>>, Flaw> {
    policy.fields("tokens")?.map(|mut tokens| Names::read(&mut tokens)).transpose()
}

/// Holds the policy's key `tokens` to what the plugin mints from it.
pub fn check_tokens(fields: &mut Fields<'_, '_>, policy: &Policy<'_>) -> Result<(), Flaw> {
    let Some(mut tokens) = fields.fields("tokens")? else { return Ok(()) };
    Names::read(&mut tokens)?;
    let routes = names(&mut tokens, "routes")?;
    if routes.iter().any(|route| !ROUTES.contains(&route.as_str())) {
        return Err(tokens.flaw("routes", format!("must be some of {}", ROUTES.join(", "))));
    }
    if let Some(model) = names(&mut tokens, "models")?.iter().find(|model| policy.model(model).is_none()) {
        return Err(tokens.flaw("models", format!("names \"{model}\", which is none of the models")).dangling());
    }
    tokens.int("ttl", 1, MAX_LIFE_S)?;
    tokens.int("epoch", 0, i64::MAX)?;
    if read_allowance(&mut tokens)? != Allowance::default() && routes.iter().any(|route| route == JOBS) {
        return Err(
            tokens.flaw("budget", format!("must not be given where routes has {JOBS}: a job outlives its token"))
        );
    }
    // Put over the policy for calls that come with a token, and looked at as such.
    let _ = tokens.named("policy")?;
    tokens.finish()
}

/// Holds the policy's key `origins` to what browsers send.
pub fn check_origins(fields: &mut Fields<'_, '_>) -> Result<(), Flaw> {
    let origins = fields.list("origins")?.unwrap_or_default();
    let wrong = origins.iter().find(|item| !item.string().is_ok_and(is_origin));
    wrong.map_or(Ok(()), |item| Err(item.flaw(ORIGIN)))
}

/// `aisp_verify_token()` at `now_s` seconds since the epoch: what the token says.
///
/// # Errors
/// [`Error::Unauthorized`] for whatever is wrong with the token; [`Error::Config`] for a flaw in `$options`.
pub fn verify_token(token: &[u8], options: &Value<'_>, now_s: i64, env: &Env<'_>) -> Result<Claims, Error> {
    let read = || {
        let mut fields = Fields::of(options)?;
        let names = Names::read(&mut fields)?;
        let route = fields.string("route")?.filter(|route| !route.is_empty());
        let route = route.ok_or_else(|| fields.flaw("route", "must be given"))?;
        let origin = from_outside(&mut fields, "origin")?.and_then(|origin| std::str::from_utf8(origin).ok());
        let epoch = fields.int("epoch", 0, i64::MAX)?.unwrap_or(0).unsigned_abs();
        let site = text(&mut fields, "site")?;
        fields.finish()?;
        Ok((names, Expected { origin, route, site, epoch }))
    };
    let (names, expected) = read().map_err(misconfigured("aisp_verify_token", 2, "options"))?;
    if token.is_empty() {
        return Err(Reason::MissingHeader.into());
    }
    let token = std::str::from_utf8(token).map_err(|_| Reason::Malformed)?;
    Ok(verify(token, &names.all(env).bytes(), &expected, now_s)?)
}
