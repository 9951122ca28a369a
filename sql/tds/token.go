package tds

import "fmt"

// Token is one token of a response: *ServerError (ERROR or INFO), ColMetadata, Row,
// Done, EnvChange, LoginAck, Order, ReturnStatus or ReturnValue.
type Token interface{ isToken() }

// The token bytes of MS-TDS 2.2.4.
const (
	tokenReturnStatus byte = 0x79
	tokenColMetadata  byte = 0x81
	tokenOrder        byte = 0xA9
	tokenError        byte = 0xAA
	tokenInfo         byte = 0xAB
	tokenReturnValue  byte = 0xAC
	tokenLoginAck     byte = 0xAD
	tokenRow          byte = 0xD1
	tokenNBCRow       byte = 0xD2
	tokenEnvChange    byte = 0xE3
	tokenDone         byte = 0xFD
	tokenDoneProc     byte = 0xFE
	tokenDoneInProc   byte = 0xFF
)

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
	case tokenOrder:
		return d.order()
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
