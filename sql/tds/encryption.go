package tds

// encryptionPolicy is what a server can and wants.
type encryptionPolicy int

const (
	encryptNever    encryptionPolicy = iota // has no certificate
	encryptOptional                         // can and does not force
	encryptForced
)

// encryptionMode is what both sides agree on.
type encryptionMode int

const (
	modeClear   encryptionMode = iota
	modeLogin                  // the login message alone is encrypted
	modeFull                   // everything is
	modeRefused                // the connection cannot go on
)

// negotiate returns the server's answer to what the client says about encryption, and
// what follows from both (MS-TDS 2.2.6.5).
func negotiate(client byte, server encryptionPolicy) (reply byte, mode encryptionMode) {
	switch {
	case client > EncryptRequired:
		return EncryptNotSupported, modeRefused
	case server == encryptNever:
		return EncryptNotSupported, modeClear
	case client == EncryptOn || client == EncryptRequired:
		return EncryptOn, modeFull
	case client == EncryptOff && server == encryptForced:
		return EncryptRequired, modeFull
	case client == EncryptOff:
		return EncryptOff, modeLogin
	case server == encryptForced:
		return EncryptRequired, modeRefused
	}
	return EncryptNotSupported, modeClear
}
