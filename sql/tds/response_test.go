package tds

import (
	"encoding/binary"
	"fmt"

	"grantree/sql/units"
)

// The client's half of the wire: a response read into tokens, a call written. The server needs neither.

// Token is one token of a response: *ServerError (ERROR or INFO), ColMetadata, Row,
// Done, EnvChange, LoginAck, ReturnStatus or ReturnValue.
type Token interface{ isToken() }

func (*ServerError) isToken() {}
func (ColMetadata) isToken()  {}
func (Done) isToken()         {}
func (EnvChange) isToken()    {}
func (LoginAck) isToken()     {}
func (ReturnStatus) isToken() {}
func (ReturnValue) isToken()  {}
func (Row) isToken()          {}

// tokenNBCRow is a row whose NULLs are a bitmap; noMetadata the count of columns that says that there is none.
const (
	tokenNBCRow byte   = 0xD2
	tokenOrder  byte   = 0xA9
	noMetadata  uint16 = 0xFFFF
)

// colMetadata reads a COLMETADATA after its token byte.
func (d *decoder) colMetadata() ColMetadata {
	var m ColMetadata
	n := d.uint16()
	if n == noMetadata {
		return m
	}
	for range n {
		if d.err != nil {
			return m
		}
		m.Columns = append(m.Columns, d.column())
	}
	return m
}

func (d *decoder) column() (c Column) {
	flags := d.typeHead()
	c.Nullable, c.CaseSensitive = flags&columnNullable != 0, flags&columnCaseSensitive != 0
	c.Identity, c.Computed = flags&columnIdentity != 0, flags&columnComputed != 0
	var fixed bool
	if c.Type, fixed = d.typeInfo(); fixed != c.fixed() && c.Type.ID != TypeNull {
		d.fail("column with flags %#x: %s in the wrong form", flags, c.Type) // SqlClient goes by the flag alone
	}
	if c.Type.isLOB() {
		d.tableName()
	}
	c.Name = d.varchar8()
	return c
}

// typeHead reads the user type and the flags in front of a TYPE_INFO.
func (d *decoder) typeHead() uint16 {
	if d.level <= level71 {
		d.uint16()
	} else {
		d.uint32()
	}
	return d.uint16()
}

// nullableType reads the TYPE_INFO of a RETURNVALUE, where a fixed form, which clients do not look for, is refused.
func (d *decoder) nullableType() TypeInfo {
	t, fixed := d.typeInfo()
	if fixed && t.ID != TypeNull {
		d.fail("%s without NULL is not expected", t)
	}
	return t
}

// tableName passes over the table name of a text, ntext or image.
func (d *decoder) tableName() {
	if d.level <= level71 {
		d.varchar16()
		return
	}
	for range d.byte() {
		d.varchar16()
	}
}

// varchar16 reads a US_VARCHAR.
func (d *decoder) varchar16() string { return units.FromBytes(d.bytes(2 * int(d.uint16()))) }

// doneToken reads a DONE after its token byte.
func (d *decoder) doneToken(kind byte) Done {
	t := Done{Kind: DoneKind(kind), Status: DoneStatus(d.uint16()), Command: d.uint16()}
	if d.level <= level71 {
		t.Count = uint64(d.uint32())
	} else {
		t.Count = d.uint64()
	}
	return t
}

// envChange reads an ENVCHANGE after its token byte.
func (d *decoder) envChange() EnvChange {
	part := d.part(int(d.uint16()))
	e := EnvChange{Type: EnvType(part.byte())}
	if e.Type.isText() {
		e.New, e.Old = part.varchar8(), part.varchar8()
	} else {
		e.New, e.Old = string(part.varbyte8()), string(part.varbyte8())
	}
	d.join(part)
	return e
}

// loginAck reads a LOGINACK after its token byte. The protocol version is big-endian
// here and nowhere else.
func (d *decoder) loginAck() LoginAck {
	part := d.part(int(d.uint16()))
	a := LoginAck{Interface: part.byte()}
	if b := part.bytes(4); b != nil {
		a.Protocol = binary.BigEndian.Uint32(b)
	}
	a.Program = part.varchar8()
	copy(a.Version[:], part.bytes(len(a.Version)))
	d.join(part)
	return a
}

// returnValue reads a RETURNVALUE after its token byte.
func (d *decoder) returnValue() ReturnValue {
	v := ReturnValue{Ordinal: int(d.uint16()), Name: d.varchar8()}
	d.byte()
	d.typeHead()
	v.Type = d.nullableType()
	v.Value = d.value(v.Type, inParameter)
	return v
}

// row reads a ROW after its token byte.
func (d *decoder) row(columns []Column) Row {
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = d.cell(c)
	}
	return Row{values}
}

// cell reads the value of a column.
func (d *decoder) cell(c Column) any {
	if c.fixed() {
		return d.fixedValue(c.Type)
	}
	return d.value(c.Type, inRow)
}

// nbcRow reads an NBCROW after its token byte: a bitmap of NULLs, then the rest.
func (d *decoder) nbcRow(columns []Column) Row {
	null := d.bytes((len(columns) + 7) / 8)
	values := make([]any, len(columns))
	for i, c := range columns {
		if d.err == nil && null[i/8]&(1<<(i%8)) == 0 {
			values[i] = d.cell(c)
		}
	}
	return Row{values}
}

// AppendRPC appends the calls as one RPC message in the protocol version. The
// transaction is that of the first call.
func AppendRPC(b []byte, calls []RPC, version uint32) ([]byte, error) {
	l := levelOf(version)
	var err error
	for i := range calls {
		switch {
		case i == 0:
			b = appendAllHeaders(b, calls[i].Tx, l)
		case l < level72:
			b = append(b, separator71)
		default:
			b = append(b, separator)
		}
		if b, err = calls[i].append(b); err != nil {
			return nil, fmt.Errorf("rpc: %w", err)
		}
	}
	return b, nil
}

func (r *RPC) append(b []byte) ([]byte, error) {
	if r.Name == "" {
		b = le.AppendUint16(le.AppendUint16(b, procByID), r.ProcID)
	} else {
		b = appendVarchar16(b, r.Name)
	}
	b = le.AppendUint16(b, r.Options)
	for _, p := range r.Params {
		var err error
		if b, err = p.append(b); err != nil {
			return b, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	return b, nil
}

func (p *Parameter) append(b []byte) ([]byte, error) {
	if err := p.Type.check(); err != nil {
		return b, err
	}
	var status byte
	if p.Output {
		status |= paramOutput
	}
	if p.Default {
		status |= paramDefault
	}
	b = append(appendVarchar8(b, p.Name), status)
	return appendValue(appendTypeInfo(b, p.Type), p.Type, p.Value, inParameter)
}

// serverError reads an ERROR or INFO after its token byte.
func (d *decoder) serverError(kind byte) *ServerError {
	part := d.part(int(d.uint16()))
	e := &ServerError{Number: int32(part.uint32()), State: part.byte(), Class: part.byte()}
	e.Message, e.Server, e.Procedure = part.varchar16(), part.varchar8(), part.varchar8()
	if d.level <= level71 {
		e.Line = int32(part.uint16())
	} else {
		e.Line = int32(part.uint32())
	}
	if kind == tokenInfo && part.err == nil && e.Class > 10 {
		part.fail("information of class %d", e.Class)
	}
	d.join(part)
	return e
}

// DecodeTokens reads the tokens of a whole response in the protocol version.
func DecodeTokens(b []byte, version uint32) ([]Token, error) {
	d := newDecoder(b, levelOf(version))
	var tokens []Token
	var columns []Column
	for d.left() > 0 {
		t := d.token(columns)
		if d.err != nil {
			return nil, fmt.Errorf("response: %w", d.err)
		}
		if meta, ok := t.(ColMetadata); ok {
			columns = meta.Columns
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// token reads one token; columns are those of the result set begun last.
func (d *decoder) token(columns []Column) Token {
	switch kind := d.byte(); kind {
	case tokenReturnStatus:
		return ReturnStatus(int32(d.uint32()))
	case tokenColMetadata:
		return d.colMetadata()
	case tokenError, tokenInfo:
		return d.serverError(kind)
	case tokenReturnValue:
		return d.returnValue()
	case tokenLoginAck:
		return d.loginAck()
	case tokenRow:
		return d.row(columns)
	case tokenNBCRow:
		return d.nbcRow(columns)
	case tokenEnvChange:
		return d.envChange()
	case tokenDone, tokenDoneProc, tokenDoneInProc:
		return d.doneToken(kind)
	default:
		d.fail("token 0x%02X is not known", kind)
		return nil
	}
}
