package tds

import "fmt"

// ReturnStatus is a RETURNSTATUS token (MS-TDS 2.2.7.18): what a procedure returned.
type ReturnStatus int32

// append appends the token.
func (s ReturnStatus) append(b []byte) []byte {
	return le.AppendUint32(append(b, tokenReturnStatus), uint32(s))
}

// ReturnValue is a RETURNVALUE token (MS-TDS 2.2.7.19): an output parameter.
type ReturnValue struct {
	// Ordinal counts the parameters of the call from 0.
	Ordinal int
	Name    string
	Type    TypeInfo
	Value   any
}

// returnOutput says that the value is an output parameter, not a function's result.
const returnOutput byte = 1

// append appends the token. A failure says why the value does not fit its type.
func (v ReturnValue) append(b []byte, l level) ([]byte, error) {
	if err := v.Type.check(); err != nil {
		return b, fmt.Errorf("parameter %q: %w", v.Name, err)
	}
	b = appendVarchar8(le.AppendUint16(append(b, tokenReturnValue), uint16(v.Ordinal)), v.Name)
	b = appendTypeHead(append(b, returnOutput), columnNullable|columnUnknown, l)
	b, err := appendValue(appendTypeInfo(b, v.Type), v.Type, v.Value, inParameter)
	if err != nil {
		return b, fmt.Errorf("parameter %q: %w", v.Name, err)
	}
	return b, nil
}
