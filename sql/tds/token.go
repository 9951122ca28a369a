package tds

// The token bytes of MS-TDS 2.2.4.
const (
	tokenReturnStatus byte = 0x79
	tokenColMetadata  byte = 0x81
	tokenError        byte = 0xAA
	tokenInfo         byte = 0xAB
	tokenReturnValue  byte = 0xAC
	tokenLoginAck     byte = 0xAD
	tokenRow          byte = 0xD1
	tokenEnvChange    byte = 0xE3
	tokenDone         byte = 0xFD
	tokenDoneProc     byte = 0xFE
	tokenDoneInProc   byte = 0xFF
)
