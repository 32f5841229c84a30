import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "../../errors.ts";

/** A scalar type of protobuf. */
export type Scalar =
  "string" | "bool" | "double" | "fixed64" | "uint64" | "int64" | "uint32" | "sint32" | "sint64" | "int32";

/** One field: its JSON name, its type, and whether it repeats. */
export interface Field {
  readonly name: string;
  readonly type: Scalar | Message;
  readonly repeated?: true;
}

/** A message: its fields by number. Others are skipped, as protobuf prescribes. */
export interface Message {
  readonly [number: number]: Field;
}

/** A decoded message in the shape of protobuf JSON, 64-bit integers as bigint. */
export type Decoded = { [name: string]: unknown };

const wireTypes: Readonly<Record<Scalar, WireType>> = {
  string: WireType.LengthDelimited,
  bool: WireType.Varint,
  double: WireType.Bit64,
  fixed64: WireType.Bit64,
  uint64: WireType.Varint,
  int64: WireType.Varint,
  uint32: WireType.Varint,
  int32: WireType.Varint,
  sint32: WireType.Varint,
  sint64: WireType.Varint,
};

/** Decodes a message to the shape of protobuf JSON. @throws {FormatError} when the bytes are not such a message. */
export function decodeMessage(bytes: Uint8Array, message: Message, action: string): Decoded {
  try {
    return readMessage(bytes, message);
  } catch (error) {
    throw new FormatError(
      `Cannot ${action}: the bytes must be a protobuf message of its type, ${(error as Error).message}`,
      { code: "invalid-protobuf" },
      { cause: error },
    );
  }
}

function readMessage(bytes: Uint8Array, message: Message): Decoded {
  const reader = new BinaryReader(bytes);
  const found: Decoded = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = message[number];
    if (field === undefined) {
      reader.skip(wireType, number);
      continue;
    }
    const { name, type } = field;
    const list = field.repeated ? ((found[name] ??= []) as unknown[]) : undefined;
    if (
      typeof type === "string" &&
      list !== undefined &&
      wireType === WireType.LengthDelimited &&
      wireTypes[type] !== WireType.LengthDelimited
    ) {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) list.push(packed[type]());
      continue;
    }
    const expected = typeof type === "string" ? wireTypes[type] : WireType.LengthDelimited;
    if (wireType !== expected) throw new Error(`field ${name} has wire type ${wireType} in place of ${expected}`);
    const value = typeof type === "string" ? reader[type]() : readMessage(reader.bytes(), type);
    if (list !== undefined) list.push(value);
    else found[name] = value;
  }
  return found;
}

/** Encodes what {@link decodeMessage} reads; fields that are undefined are left out, repeated numbers are packed. */
export function encodeMessage(value: Readonly<Record<string, unknown>>, message: Message): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, field] of Object.entries(message) as [string, Field][]) {
    const content = value[field.name];
    if (content === undefined) continue;
    const items = field.repeated ? (content as readonly unknown[]) : [content];
    if (typeof field.type !== "string") {
      for (const item of items)
        writer
          .tag(Number(number), WireType.LengthDelimited)
          .bytes(encodeMessage(item as Record<string, unknown>, field.type));
    } else if (field.repeated && wireTypes[field.type] !== WireType.LengthDelimited) {
      if (items.length === 0) continue;
      writer.tag(Number(number), WireType.LengthDelimited).fork();
      for (const item of items) write(writer, field.type, item);
      writer.join();
    } else {
      for (const item of items) write(writer.tag(Number(number), wireTypes[field.type]), field.type, item);
    }
  }
  return writer.finish();
}

function write(writer: BinaryWriter, type: Scalar, value: unknown): void {
  if (type === "double") writer.double(Number(value));
  else (writer[type] as (value: unknown) => BinaryWriter).call(writer, value);
}
