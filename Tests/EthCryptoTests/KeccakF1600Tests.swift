import CKeccak
import Testing

@Suite struct KeccakF1600Tests {
    /// Whether this machine can run the form for BMI2.
    static let hasBMI2: Bool = {
        var lanes = [UInt64](repeating: 0, count: 25)
        return starling_keccak_f1600(starling_keccak_bmi2, &lanes)
    }()

    /// The state after one and two permutations of zero, as the Keccak team publishes them (KeccakF-1600
    /// intermediate values).
    @Test(arguments: [starling_keccak_portable, starling_keccak_bmi2])
    func permutesZero(form: starling_keccak_form) {
        var lanes = [UInt64](repeating: 0, count: 25)
        guard starling_keccak_f1600(form, &lanes) else {
            #expect(form != starling_keccak_portable, "the portable form runs everywhere")
            #expect(lanes.allSatisfy { $0 == 0 })
            return
        }
        #expect(
            lanes[..<5] == [
                0xf125_8f79_40e1_dde7, 0x84d5_ccf9_33c0_478a, 0xd598_261e_a65a_a9ee, 0xbd15_4730_6f80_494d,
                0x8b28_4e05_6253_d057,
            ])
        #expect(lanes[24] == 0xeaf1_ff7b_5cec_a249)
        #expect(starling_keccak_f1600(form, &lanes))
        #expect(lanes[0] == 0x2d5c_954d_f96e_cb3c)
    }

    @Test(.enabled(if: hasBMI2, "this machine lacks BMI1 or BMI2"))
    func formsAgree() {
        var random = SplitMix64(seed: 1600)
        for _ in 0..<1000 {
            let start = (0..<25).map { _ in random.next() }
            var portable = start
            var bmi2 = start
            #expect(starling_keccak_f1600(starling_keccak_portable, &portable))
            #expect(starling_keccak_f1600(starling_keccak_bmi2, &bmi2))
            #expect(portable == bmi2)
            #expect(portable != start)
        }
    }
}
