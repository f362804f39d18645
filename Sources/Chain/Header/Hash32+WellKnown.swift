public import Primitives

extension Hash32 {
    /// The hash of four big-endian words.
    private init(words a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        self = UInt256(limbs: (d, c, b, a)).bigEndian
    }

    /// The root of a trie without entries: Keccak-256 of 0x80.
    public static let emptyTrieRoot = Hash32(
        words: 0x56e8_1f17_1bcc_55a6, 0xff83_45e6_92c0_f86e, 0x5b48_e01b_996c_adc0, 0x0162_2fb5_e363_b421)

    /// Keccak-256 of an empty RLP list, 0xc0: the hash of no ommers, and of an empty block access list (EIP-7928).
    public static let emptyListHash = Hash32(
        words: 0x1dcc_4de8_dec7_5d7a, 0xab85_b567_b6cc_d41a, 0xd312_451b_948a_7413, 0xf0a1_42fd_40d4_9347)

    /// Keccak-256 of no bytes: the code hash of an account without code.
    public static let emptyCodeHash = Hash32(
        words: 0xc5d2_4601_86f7_233c, 0x927e_7db2_dcc7_03c0, 0xe500_b653_ca82_273b, 0x7bfa_d804_5d85_a470)

    /// SHA-256 of no bytes: the hash of no execution requests (EIP-7685).
    public static let emptyRequestsHash = Hash32(
        words: 0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855)
}
