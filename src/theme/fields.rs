//! A view's fields straight into a context: the template engine's own way makes a map of them first.

use serde::ser::{Error as _, Impossible, Serialize, SerializeStruct, Serializer};
use tera::{Context, TeraResult, Value};

/// Puts each field of `view`, a struct, into a context.
pub(super) fn context<T: Serialize>(view: &T) -> TeraResult<Context> {
    view.serialize(Fields(Context::new())).map_err(|error| tera::Error::message(error.to_string()))
}

/// Takes a struct, field by field, and nothing else.
struct Fields(Context);

type Error = serde_json::Error;

impl SerializeStruct for Fields {
    type Ok = Context;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.0.insert_value(key, Value::try_from_serializable(value).map_err(Error::custom)?);
        Ok(())
    }

    fn end(self) -> Result<Context, Error> {
        Ok(self.0)
    }
}

/// Methods for what is no struct.
macro_rules! refuse {
    ($($method:ident($($kind:ty),*) -> $answer:ty;)*) => {$(
        fn $method(self, $(_: $kind),*) -> Result<$answer, Error> {
            Err(Error::custom("a view is a struct"))
        }
    )*};
}

type Never = Impossible<Context, Error>;

impl Serializer for Fields {
    type Ok = Context;
    type Error = Error;
    type SerializeStruct = Self;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStructVariant = Never;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Context, Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Context, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Context, Error> {
        value.serialize(self)
    }

    refuse! {
        serialize_bool(bool) -> Context;
        serialize_i8(i8) -> Context;
        serialize_i16(i16) -> Context;
        serialize_i32(i32) -> Context;
        serialize_i64(i64) -> Context;
        serialize_u8(u8) -> Context;
        serialize_u16(u16) -> Context;
        serialize_u32(u32) -> Context;
        serialize_u64(u64) -> Context;
        serialize_f32(f32) -> Context;
        serialize_f64(f64) -> Context;
        serialize_char(char) -> Context;
        serialize_str(&str) -> Context;
        serialize_bytes(&[u8]) -> Context;
        serialize_none() -> Context;
        serialize_unit() -> Context;
        serialize_unit_struct(&'static str) -> Context;
        serialize_unit_variant(&'static str, u32, &'static str) -> Context;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}
