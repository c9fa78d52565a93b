//! One call from PHP: its arguments come in through here, its result or its exception goes out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::zend_wrong_parameters_count_error;
use ext_php_rs::types::{ZendCallable, ZendObject, Zval};
use ext_php_rs::zend::{ExecuteData, bailout, ce, run_handler};

use super::{exceptions, zval};
use crate::error::Error;
use crate::gateway::value::{Key, Value};

/// Why a function returns nothing.
pub enum Thrown {
    /// The call failed: a subclass of `Aisp\Exception`.
    Failure(Error),
    /// An argument of the wrong type: PHP's own `TypeError` with this message.
    Type(String),
    /// A callback threw: the exception is pending.
    Pending,
    /// PHP has given the script up in a callback.
    Bailout,
}

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Self::Failure(error)
    }
}

/// A function's body.
pub type Body = fn(&Call<'_>) -> Result<Zval, Thrown>;

/// The arguments of one call.
pub struct Call<'e> {
    /// The function's name in PHP.
    pub function: &'static str,
    data: &'e ExecuteData,
    given: usize,
}

/// Arrays deeper than this are no argument of ours; an array may even contain itself.
const MAX_DEPTH: u32 = 32;
/// Nor are larger ones: an array that contains itself twice has more values than anybody can count.
const MAX_VALUES: u32 = 100_000;

impl<'e> Call<'e> {
    /// An argument by its position, counted from one; `None` if it was left out.
    fn argument(&self, position: usize) -> Option<&'e Zval> {
        if position > self.given {
            return None;
        }
        // SAFETY: Zend guarantees as many arguments as it counts, and they live as long as the call does.
        let argument = unsafe { self.data.zend_call_arg(position - 1) };
        argument.map(|zval| &*zval.dereference_mut())
    }

    fn mistyped<T>(&self, position: usize, name: &str, wanted: &str, given: &Zval) -> Result<T, Thrown> {
        let function = self.function;
        let given = match given.object().map(ZendObject::get_class_name) {
            // Behind the name of an anonymous class stand a NUL and the place of its declaration.
            Some(Ok(class)) => class.split('\0').next().unwrap_or_default().to_owned(),
            _ => scalar(given).type_name().to_owned(),
        };
        Err(Thrown::Type(format!(
            "{function}(): Argument #{position} (${name}) must be of type {wanted}, {given} given"
        )))
    }

    /// An array; empty if it was left out.
    pub fn array(&self, position: usize, name: &str) -> Result<Value<'e>, Thrown> {
        match self.argument(position) {
            None => Ok(Value::empty()),
            Some(zval) if zval.is_array() => Ok(read(zval)),
            Some(other) => self.mistyped(position, name, "array", other),
        }
    }

    /// Something that can be called.
    pub fn callable(&self, position: usize, name: &str) -> Result<ZendCallable<'e>, Thrown> {
        let Some(zval) = self.argument(position) else { return Err(Error::config("A callback is missing.").into()) };
        ZendCallable::new(zval).or_else(|_| self.mistyped(position, name, "callable", zval))
    }

    /// An integer that is not optional.
    pub fn int(&self, position: usize, name: &str) -> Result<i64, Thrown> {
        match self.argument(position) {
            Some(zval) if zval.is_long() => Ok(zval.long().unwrap_or_default()),
            Some(other) => self.mistyped(position, name, "int", other),
            None => Ok(0),
        }
    }

    /// A string that is not optional and need not be UTF-8.
    pub fn bytes(&self, position: usize, name: &str) -> Result<&'e [u8], Thrown> {
        match self.argument(position).map(|zval| (zval, scalar(zval))) {
            None => Ok(&[]),
            Some((_, Value::Str(bytes))) => Ok(bytes),
            Some((other, _)) => self.mistyped(position, name, "string", other),
        }
    }

    /// A string in UTF-8 that is not optional.
    pub fn string(&self, position: usize, name: &str) -> Result<&'e str, Thrown> {
        match self.argument(position) {
            Some(zval) if !zval.is_string() => self.mistyped(position, name, "string", zval),
            _ => Ok(self.optional_string(position, name)?.unwrap_or_default()),
        }
    }

    /// A string in UTF-8, or null, or nothing at all.
    pub fn optional_string(&self, position: usize, name: &str) -> Result<Option<&'e str>, Thrown> {
        match self.argument(position).map(|zval| (zval, scalar(zval))) {
            None | Some((_, Value::Null)) => Ok(None),
            Some((_, Value::Str(bytes))) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(Error::config(format!(
                    "{}(): Argument #{position} (${name}) must be valid UTF-8",
                    self.function
                ))
                .into()),
            },
            Some((other, _)) => self.mistyped(position, name, "?string", other),
        }
    }
}

/// A PHP value as the core sees it. The strings stay where they are.
fn read(zval: &Zval) -> Value<'_> {
    let mut left = MAX_VALUES;
    let value = read_within(zval, 0, &mut left);
    if left == 0 { Value::Other("too large array") } else { value }
}

/// Reads as long as there are any values `left`; what it reads beyond that is not to be used.
fn read_within<'a>(zval: &'a Zval, depth: u32, left: &mut u32) -> Value<'a> {
    let zval = zval.dereference();
    match zval.array() {
        None => scalar(zval),
        Some(_) if depth >= MAX_DEPTH => Value::Other("too deep array"),
        Some(list) => {
            let mut entries = Vec::with_capacity(list.len().min(*left as usize));
            let mut iter = list.iter();
            while let Some((key, value)) = iter.next_zval() {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    break;
                }
                entries.push((read_key(&key), read_within(value, depth + 1, left)));
            }
            Value::Array(entries)
        }
    }
}

/// An array's key; the local zval only counts the name that the array owns.
fn read_key<'a>(key: &Zval) -> Key<'a> {
    match key.zend_str() {
        // SAFETY: the name belongs to the array, which outlives what is read from it.
        Some(name) => Key::Str(unsafe { std::slice::from_raw_parts(name.as_bytes().as_ptr(), name.len()) }),
        None => Key::Int(key.long().unwrap_or_default()),
    }
}

/// A value that is no array; of an array only that it is one.
fn scalar(zval: &Zval) -> Value<'_> {
    if let Some(text) = zval.zend_str() {
        Value::Str(text.as_bytes())
    } else if let Some(n) = zval.long() {
        Value::Int(n)
    } else if let Some(n) = zval.double() {
        Value::Float(n)
    } else if let Some(b) = zval.bool() {
        Value::Bool(b)
    } else if zval.is_null() {
        Value::Null
    } else if zval.is_array() {
        Value::Array(Vec::new())
    } else if zval.is_object() {
        Value::Other("object")
    } else {
        Value::Other("resource")
    }
}

/// Runs a function's body: counts the arguments, keeps panics in, turns errors into exceptions.
pub fn enter(function: &'static str, counts: (u32, u32), data: &ExecuteData, result: &mut Zval, body: Body) {
    run_handler(AssertUnwindSafe(|| {
        // SAFETY: all fields of the union are the same 32 bits.
        let given = unsafe { data.This.u2.num_args };
        if given < counts.0 || given > counts.1 {
            // SAFETY: called from within the function that it complains about.
            unsafe { zend_wrong_parameters_count_error(counts.0, counts.1) };
            return;
        }
        let call = Call { function, data, given: given as usize };
        match catch_unwind(AssertUnwindSafe(|| body(&call))) {
            Ok(Ok(value)) => zval::assign(result, value),
            Ok(Err(Thrown::Failure(error))) => exceptions::throw(&error),
            Ok(Err(Thrown::Pending)) => {}
            // SAFETY: nothing is left here that would have to be dropped; the handler around this hands the jump on.
            Ok(Err(Thrown::Bailout)) => unsafe { bailout() },
            Ok(Err(Thrown::Type(message))) => PhpException::new(message, 0, ce::type_error()).throw(),
            Err(_) => PhpException::new(format!("{function}(): internal error"), 0, ce::error()).throw(),
        }
    }));
}

/// Declares a function to PHP: `function!(name(required: type, …; optional: type = "default", …): type => body)`.
macro_rules! function {
    ($name:ident($($required:ident: $rtype:tt),*; $($optional:ident: $(?$otype:ident)? $($ptype:ident)? = $default:literal),*): $(?$maybe:ident)? $($return:ident)? => $body:path) => {{
        extern "C" fn handler(data: &mut ext_php_rs::zend::ExecuteData, result: &mut ext_php_rs::types::Zval) {
            const REQUIRED: u32 = 0 $(+ { let _ = stringify!($required); 1 })*;
            const ALL: u32 = REQUIRED $(+ { let _ = stringify!($optional); 1 })*;
            $crate::php::call::enter(stringify!($name), (REQUIRED, ALL), data, result, $body);
        }
        #[allow(unused_imports)]
        use ext_php_rs::{args::Arg, builders::FunctionBuilder};
        let builder = FunctionBuilder::new(stringify!($name), handler);
        $(let builder = builder.arg(Arg::new(stringify!($required), $crate::php::call::zend_type(stringify!($rtype))));)*
        let builder = builder.not_required();
        $(
            let optional = Arg::new(stringify!($optional), $crate::php::call::zend_type(concat!($(stringify!($otype),)? $(stringify!($ptype))?))).default($default);
            $(let optional = { let _ = stringify!($otype); optional.allow_null() };)?
            let builder = builder.arg(optional);
        )*
        let is_nullable = concat!($(stringify!($maybe))?).len() > 0;
        builder.returns($crate::php::call::zend_type(concat!($(stringify!($maybe),)? $(stringify!($return))?)), false, is_nullable)
    }};
}
pub(crate) use function;

/// A type by its name in PHP.
pub fn zend_type(name: &str) -> ext_php_rs::flags::DataType {
    use ext_php_rs::flags::DataType;
    match name {
        "array" => DataType::Array,
        "int" => DataType::Long,
        "string" => DataType::String,
        "bool" => DataType::Bool,
        "callable" => DataType::Callable,
        _ => DataType::Mixed,
    }
}
