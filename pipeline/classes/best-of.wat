;; The best of a network's scores and its probability, sixteen pixels at a time: what best-of.ts loads.
;; `npm run kernel` makes best-of.wasm of it; a test holds the two together.
;;
;; A group of sixteen pixels is read once from its planes, which lie a power of two apart and would push each other out of the
;; processor's cache, and copied to $scratch, where the second look finds them together.
(module
  (import "ocsge" "memory" (memory 1))

  ;; $starts: addresses (i32) of the part's first score in each plane looked at; $values: what each plane means (u8); of equal
  ;; scores the first plane named wins. $rowBytes: from one row of a plane to the next. $logits: 1 where scores are logits,
  ;; 0 where they are probabilities. Written row by row: $classes (u8), $confidence (u8, 255 = 1) and $flags (u8): 1 where
  ;; another score is less than 1e-3 below the best, 2 where a score is no finite number. Fifteen bytes more may be written
  ;; behind each, and sixty read behind the scores. $scratch: 64 bytes a plane.
  (func (export "classify")
    (param $starts i32) (param $values i32) (param $planes i32) (param $rowBytes i32)
    (param $width i32) (param $height i32) (param $logits i32)
    (param $classes i32) (param $confidence i32) (param $flags i32) (param $scratch i32)
    (local $row i32) (local $y i32) (local $x i32) (local $k i32) (local $at i32) (local $from i32) (local $copy i32) (local $end i32)
    (local $value v128) (local $s v128) (local $mask v128)
    (local $best0 v128) (local $best1 v128) (local $best2 v128) (local $best3 v128)
    (local $class0 v128) (local $class1 v128) (local $class2 v128) (local $class3 v128)
    (local.set $end (i32.add (local.get $scratch) (i32.shl (local.get $planes) (i32.const 6))))
    (block $noRow (br_if $noRow (i32.eqz (local.get $height)))
    (loop $rows
      (local.set $x (i32.const 0))
      (loop $groups
        (local.set $at (i32.add (local.get $row) (i32.shl (local.get $x) (i32.const 2))))
        ;; the best of all planes, and which it is
        (local.set $best0 (v128.const f32x4 -inf -inf -inf -inf))
        (local.set $best1 (local.get $best0))
        (local.set $best2 (local.get $best0))
        (local.set $best3 (local.get $best0))
        (local.set $copy (local.get $scratch))
        (local.set $k (i32.const 0))
        (loop $planesOfGroup
          (local.set $value (i32x4.splat (i32.load8_u (i32.add (local.get $values) (local.get $k)))))
          (local.set $from
            (i32.add (i32.load (i32.add (local.get $starts) (i32.shl (local.get $k) (i32.const 2)))) (local.get $at)))
          (v128.store offset=0 (local.get $copy) (local.tee $s (v128.load offset=0 align=4 (local.get $from))))
          (local.set $mask (f32x4.gt (local.get $s) (local.get $best0)))
          (local.set $best0 (v128.bitselect (local.get $s) (local.get $best0) (local.get $mask)))
          (local.set $class0 (v128.bitselect (local.get $value) (local.get $class0) (local.get $mask)))
          (v128.store offset=16 (local.get $copy) (local.tee $s (v128.load offset=16 align=4 (local.get $from))))
          (local.set $mask (f32x4.gt (local.get $s) (local.get $best1)))
          (local.set $best1 (v128.bitselect (local.get $s) (local.get $best1) (local.get $mask)))
          (local.set $class1 (v128.bitselect (local.get $value) (local.get $class1) (local.get $mask)))
          (v128.store offset=32 (local.get $copy) (local.tee $s (v128.load offset=32 align=4 (local.get $from))))
          (local.set $mask (f32x4.gt (local.get $s) (local.get $best2)))
          (local.set $best2 (v128.bitselect (local.get $s) (local.get $best2) (local.get $mask)))
          (local.set $class2 (v128.bitselect (local.get $value) (local.get $class2) (local.get $mask)))
          (v128.store offset=48 (local.get $copy) (local.tee $s (v128.load offset=48 align=4 (local.get $from))))
          (local.set $mask (f32x4.gt (local.get $s) (local.get $best3)))
          (local.set $best3 (v128.bitselect (local.get $s) (local.get $best3) (local.get $mask)))
          (local.set $class3 (v128.bitselect (local.get $value) (local.get $class3) (local.get $mask)))
          (local.set $copy (i32.add (local.get $copy) (i32.const 64)))
          (br_if $planesOfGroup
            (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $planes))))
        (v128.store (i32.add (local.get $classes) (local.get $x))
          (call $bytes (local.get $class0) (local.get $class1) (local.get $class2) (local.get $class3)))
        (call $weigh (local.get $scratch) (local.get $end) (local.get $logits)
          (i32.add (local.get $confidence) (local.get $x)) (i32.add (local.get $flags) (local.get $x)) (local.get $best0))
        (call $weigh (i32.add (local.get $scratch) (i32.const 16)) (local.get $end) (local.get $logits)
          (i32.add (local.get $confidence) (i32.add (local.get $x) (i32.const 4)))
          (i32.add (local.get $flags) (i32.add (local.get $x) (i32.const 4))) (local.get $best1))
        (call $weigh (i32.add (local.get $scratch) (i32.const 32)) (local.get $end) (local.get $logits)
          (i32.add (local.get $confidence) (i32.add (local.get $x) (i32.const 8)))
          (i32.add (local.get $flags) (i32.add (local.get $x) (i32.const 8))) (local.get $best2))
        (call $weigh (i32.add (local.get $scratch) (i32.const 48)) (local.get $end) (local.get $logits)
          (i32.add (local.get $confidence) (i32.add (local.get $x) (i32.const 12)))
          (i32.add (local.get $flags) (i32.add (local.get $x) (i32.const 12))) (local.get $best3))
        (br_if $groups (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $width))))
      (local.set $row (i32.add (local.get $row) (local.get $rowBytes)))
      (local.set $classes (i32.add (local.get $classes) (local.get $width)))
      (local.set $confidence (i32.add (local.get $confidence) (local.get $width)))
      (local.set $flags (i32.add (local.get $flags) (local.get $width)))
      (br_if $rows (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))))

  ;; Sixteen whole numbers of 0 to 255, a byte each.
  (func $bytes (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
    (i8x16.narrow_i16x8_u
      (i16x8.narrow_i32x4_u (local.get $a) (local.get $b))
      (i16x8.narrow_i32x4_u (local.get $c) (local.get $d))))

  ;; Probability of the best of four pixels, from 64 bytes to the next plane: of logits 1 / Σ e^(score − best). Its byte and flags.
  (func $weigh (param $at i32) (param $end i32) (param $logits i32) (param $confidence i32) (param $flags i32) (param $best v128)
    (local $below v128) (local $power v128) (local $whole v128) (local $part v128) (local $score v128)
    (local $sum v128) (local $near v128) (local $odd v128) (local $share v128)
    (loop $planes
      (local.set $score (v128.load (local.get $at)))
      ;; 0 times a finite number; of what is none NaN remains
      (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul (local.get $score) (v128.const f32x4 0 0 0 0))))
      (local.set $below (f32x4.sub (local.get $best) (local.get $score)))
      (local.set $near (i32x4.sub (local.get $near)
        (f32x4.lt (local.get $below) (v128.const f32x4 0.001 0.001 0.001 0.001))))
      ;; e^−below = 2^power = 2^whole × 2^part; the second by a polynomial that is exact at 0 and 1, elsewhere to 6e-6
      (local.set $power (f32x4.max (v128.const f32x4 -120 -120 -120 -120) (f32x4.mul (local.get $below)
        (v128.const f32x4 -1.44269504 -1.44269504 -1.44269504 -1.44269504))))
      (local.set $whole (f32x4.floor (local.get $power)))
      (local.set $part (f32x4.sub (local.get $power) (local.get $whole)))
      (local.set $sum (f32x4.add (local.get $sum) (i32x4.add
        (i32x4.shl (i32x4.trunc_sat_f32x4_s (local.get $whole)) (i32.const 23))
        (f32x4.add (v128.const f32x4 1 1 1 1) (f32x4.mul (local.get $part)
          (f32x4.add (v128.const f32x4 0.693032121 0.693032121 0.693032121 0.693032121) (f32x4.mul (local.get $part)
            (f32x4.add (v128.const f32x4 0.241379755 0.241379755 0.241379755 0.241379755) (f32x4.mul (local.get $part)
              (f32x4.add (v128.const f32x4 0.052032388 0.052032388 0.052032388 0.052032388) (f32x4.mul (local.get $part)
                (v128.const f32x4 0.013555735 0.013555735 0.013555735 0.013555735))))))))))))
      (br_if $planes (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (local.get $end))))
    (local.set $share (if (result v128) (local.get $logits)
      (then (f32x4.div (v128.const f32x4 1 1 1 1) (local.get $sum)))
      (else (f32x4.min (v128.const f32x4 1 1 1 1) (f32x4.max (v128.const f32x4 0 0 0 0) (local.get $best))))))
    (local.set $share (i32x4.trunc_sat_f32x4_u (f32x4.add (v128.const f32x4 0.5 0.5 0.5 0.5)
      (f32x4.mul (v128.const f32x4 255 255 255 255) (local.get $share)))))
    (v128.store32_lane 0 (local.get $confidence)
      (call $bytes (local.get $share) (local.get $share) (local.get $share) (local.get $share)))
    (local.set $near (i32x4.gt_s (local.get $near) (v128.const i32x4 1 1 1 1)))
    (local.set $odd (f32x4.ne (local.get $odd) (local.get $odd)))
    (local.set $near (v128.bitselect (v128.const i32x4 2 2 2 2)
      (v128.and (local.get $near) (v128.const i32x4 1 1 1 1)) (local.get $odd)))
    (v128.store32_lane 0 (local.get $flags)
      (call $bytes (local.get $near) (local.get $near) (local.get $near) (local.get $near)))))
